#pragma once

#include <string_view>

namespace ipucnn {

/// The variable of a batch script of ours that holds the hosts of its job, comma-separated.
inline constexpr std::string_view kSlurmHosts = "IPUCNN_HOSTS";

}  // namespace ipucnn
