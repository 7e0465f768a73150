#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/streams.h"

namespace ipucnn::cli {

/// The program as a stand-in of a rehearsal, which a site's `programs` names by these first words:
///   rehearsal-poprun WORDS...
///   rehearsal-app APPLICATION SCRIPT WORDS...
/// Absent for any other first word. No help shows them.
std::optional<int> rehearse(const std::vector<std::string>& args, const Streams& streams,
                            const World& world);

}  // namespace ipucnn::cli
