#pragma once

#include <string_view>
#include <vector>

#include "import/documents.h"

namespace ipucnn::importing {

/// Whether a file is a Makefile: by its name, or where that says nothing by what it begins with.
bool is_makefile(std::string_view name, std::string_view text);

/// The lines of its recipes, each a text of its own. A variable that the file sets to a text alone
/// is known; any other is one until the start.
std::vector<CommandText> makefile_commands(std::string_view text);

}  // namespace ipucnn::importing
