#pragma once

#include <string>

#include "cli/options.h"
#include "cli/split_argv.h"

namespace ipucnn::cli {

/// Help of the program, or of one command when it is given.
std::string help_text(const CommandRow* command);

/// What is wrong with the use of our own options; empty when nothing is. Values of the
/// application's options are not looked at.
std::string usage_error(const SplitArgv& split, const CommandRow& command);

}  // namespace ipucnn::cli
