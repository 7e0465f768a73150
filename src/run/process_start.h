#pragma once

#include <cstdint>
#include <string>

namespace ipucnn::running {

/// Of this start of the machine; empty where the system does not say.
std::string boot_id();

/// When a process was started, in clock ticks since the machine's start; empty when there is none.
std::string start_time(std::int64_t pid);

}  // namespace ipucnn::running
