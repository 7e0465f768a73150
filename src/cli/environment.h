#pragma once

#include <string>

#include "cli/options.h"
#include "cli/split_argv.h"
#include "cli/streams.h"

namespace ipucnn::cli {

/// The variable that stands for an option that has the mark: IPUCNN_SITE for --site.
std::string variable_of(const OptionRow& row);

/// Adds the selecting options that are not on the command line and stand in a variable, such as
/// IPUCNN_SITE for --site. Options that the command does not take are left alone.
void add_environment(SplitArgv& split, const CommandRow& command, const World& world);

/// Whether the command makes a lock or compares with one. That tells of the project alone, whoever
/// does it: neither variables nor files of the machine and its user count.
bool tells_of_project(const SplitArgv& split);

}  // namespace ipucnn::cli
