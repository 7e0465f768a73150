#pragma once

#include <vector>

#include "import/command.h"

namespace ipucnn::importing {

/// Takes each `$(..)`, `..` in backquotes and `$1` in values of a line for a variable of the
/// environment that nobody sets, and out of the command's gaps: what stands beside it can be judged
/// all the same. Its name is what is written, as far as a variable's can be. Returns where they
/// stand; what tells the program itself stays a gap.
std::vector<ShellUnknown> open_values(ShellCommand& command, CommandLine& line);

}  // namespace ipucnn::importing
