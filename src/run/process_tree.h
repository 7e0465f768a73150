#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace ipucnn::running {

/// The processes of this host that descend from `root`, without it, as /proc has them now. A
/// process whose parent ended belongs to the nearest subreaper above it, so under one nobody gets
/// away.
std::vector<pid_t> descendants_of(pid_t root);

/// The processes that have `NAME=value` in the environment they were started with, as far as we may
/// look into it.
std::vector<pid_t> processes_with(std::string_view variable);

/// The processes of whose command line a word ends like this.
std::vector<pid_t> processes_called(std::string_view word_end);

/// Sends a signal to each; those that are gone do not matter. A stopped process is woken for it.
void signal_all(const std::vector<pid_t>& processes, int signal);

}  // namespace ipucnn::running
