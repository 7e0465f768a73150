#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipucnn/migrate.h"

namespace ipucnn {

/// What came of writing something anew for another release.
struct Migrated {
  std::optional<std::string> text{};  ///< absent: the findings say why
  Diagnostics findings{};  ///< of the old text and of the new one, which is judged as any other
  std::vector<std::string> left_out{};  ///< FILE:LINE of commands that stay as they are
  bool no_command = false;              ///< none was read, and the text is the old one
};

/// The request's preset as a file of ours for the release `to` (3.2, or NAME@3.2).
Migrated migrate_preset(JobInputs& inputs, const JobRequest& request, const Word& to);

/// A text whose commands are those of the release. `words` go behind each command's own, with their
/// suppressions.
Migrated migrate_commands(JobInputs& inputs, SourceId source, const ImportRequest& how,
                          const JobRequest& words, const Word& to);

}  // namespace ipucnn
