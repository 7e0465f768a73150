#include "ipucnn/placement.h"

#include <algorithm>

#include "ipucnn/numbers.h"

namespace ipucnn::resolving {
namespace {

/// IPUs that one host serves (datasheets of IPU-POD16 to IPU-POD256).
constexpr std::int64_t kIpusPerHost = 16;
/// IPUs of one IPU-Link domain: an IPU-POD64 is one rack, larger ones are joined by GW-Links.
constexpr std::int64_t kIpusPerDomain = 64;

std::int64_t quotient_up(std::int64_t n, std::int64_t by) { return n / by + (n % by != 0 ? 1 : 0); }

}  // namespace

std::int64_t hosts_in_use(std::int64_t ipus, std::int64_t most_hosts) {
  return std::min(most_hosts, std::max<std::int64_t>(1, quotient_up(ipus, kIpusPerHost)));
}

std::int64_t ilds_in_use(std::int64_t ipus) {
  return std::max<std::int64_t>(1, quotient_up(ipus, kIpusPerDomain));
}

bool instances_fit(std::int64_t instances, std::int64_t replicas, std::int64_t hosts,
                   std::int64_t domains) {
  return replicas % instances == 0 && instances % hosts == 0 && instances % domains == 0;
}

std::optional<std::int64_t> largest_instances(std::int64_t most, std::int64_t replicas,
                                              std::int64_t hosts, std::int64_t domains) {
  const std::vector<std::int64_t> candidates = divisors(replicas);
  for (auto n = candidates.rbegin(); n != candidates.rend(); ++n)
    if (*n <= most && instances_fit(*n, replicas, hosts, domains)) return *n;
  return std::nullopt;
}

std::int64_t most_instances(std::int64_t replicas, std::int64_t hosts,
                            std::optional<std::int64_t> instances_per_host) {
  if (!instances_per_host) return replicas;
  return std::min(replicas, product({*instances_per_host, hosts}).value_or(replicas));
}

}  // namespace ipucnn::resolving
