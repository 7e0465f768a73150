#pragma once

#include <string>

#include "cli/options.h"

namespace ipucnn::cli {

/// Help of the program, or of one command when it is given.
std::string help_text(const CommandRow* command);

/// What --help says of an option.
std::string option_help(const OptionRow& option, const CommandRow& command);

}  // namespace ipucnn::cli
