#pragma once

#include <cstdint>
#include <optional>

namespace ipucnn::resolving {

/// Hosts that serve so many IPUs: 16 IPUs a host, but not more than the machine has.
std::int64_t hosts_in_use(std::int64_t ipus, std::int64_t most_hosts);

/// IPU-Link domains that so many IPUs lie in. One IPU-POD64 is one domain; larger machines join
/// several by GW-Links.
std::int64_t ilds_in_use(std::int64_t ipus);

/// Whether replicas, hosts and domains divide evenly among so many instances.
bool instances_fit(std::int64_t instances, std::int64_t replicas, std::int64_t hosts,
                   std::int64_t domains);

/// The most instances, up to `most`, among which they do; absent when no number will do.
std::optional<std::int64_t> largest_instances(std::int64_t most, std::int64_t replicas,
                                              std::int64_t hosts, std::int64_t domains);

/// Instances that a machine should have at most. Without a known best figure for a host the
/// replicas are the only limit.
std::int64_t most_instances(std::int64_t replicas, std::int64_t hosts,
                            std::optional<std::int64_t> instances_per_host);

}  // namespace ipucnn::resolving
