// How many processes a line of mpirun's starts.
#include "import/mpirun_processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "import/launcher_faults.h"
#include "ipucnn/numbers.h"

namespace ipucnn::importing {

bool MpirunProcesses::take(const load::LauncherOption& option, Span option_at, Span value_at,
                           std::string_view launcher, Diagnostics& out) {
  const auto each = processes_of_a_host(option);
  if (!each) return false;
  if (each_host_ > 0 && each_host_ != *each)
    out.add(FindingId::L054, option_at,
            fmt::format("{} has two numbers of processes on each host", launcher))
        .help = "leave one of them out";
  each_host_ = *each;
  each_host_at_ = value_at;
  return true;
}

void MpirunProcesses::take_slots(std::string& host) {
  const std::size_t colon = host.find(':');
  if (colon == std::string::npos) {
    ++slots_;
    return;
  }
  slots_ += parse_int64(std::string_view(host).substr(colon + 1)).value_or(1);
  host.resize(colon);
}

bool MpirunProcesses::write_instances(const CommandLine& line, const LauncherFigures& figures,
                                      bool queued, JobNode& launch, Diagnostics& out) const {
  const bool named = launch.has("hosts") || launch.has("hostfile");
  const bool known = figures.hosts > 0 || (!named && !queued);
  const auto hosts = static_cast<std::int64_t>(std::max<std::size_t>(figures.hosts, 1));
  if (launch.has("instances")) {
    const auto all = parse_int64(launch.entry("instances", each_host_at_).text);
    // Where none is named there may be a scheduler that hands out more hosts than one.
    const bool one_host = !named && all && *all <= each_host_;
    if (each_host_ > 0) compare(all, named && known ? hosts : one_host, line.launcher, out);
    return true;
  }
  std::int64_t count = 0;
  if (each_host_ > 0 && known)
    count = each_host_ * hosts;
  else if (each_host_ == 0 && figures.hosts > 0)
    count = slots_;
  if (count == 0) return false;
  const Span at = each_host_ > 0 ? each_host_at_ : figures.hosts_at;
  launch.set("instances", JobNode::scalar(std::to_string(count), at, ScalarType::Int));
  return true;
}

/// `-np` beside so many on each host. Absent: no number that is known; 0 hosts: not known how many.
void MpirunProcesses::compare(std::optional<std::int64_t> all, std::int64_t hosts,
                              std::string_view launcher, Diagnostics& out) const {
  const std::int64_t started =
      resolving::product({each_host_, hosts}).value_or(std::numeric_limits<std::int64_t>::max());
  if (all && hosts > 0 && *all == started) return;
  if (all && hosts > 0 && *all > started) {
    out.add(FindingId::L053, each_host_at_,
            fmt::format("{} does not start {} processes with {} on each of {}", launcher, *all,
                        each_host_, counted(hosts, "host")))
        .help = "leave -np out, or make both agree";
    return;
  }
  out.add(FindingId::L048, each_host_at_,
          "how many processes go on each host is left out: a job holds how many there are")
      .severity = Severity::Warning;
}

}  // namespace ipucnn::importing
