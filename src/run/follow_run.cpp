// Runs of a scheduler whose ipucnn is gone: what became of them is asked, and their records
// written.
#include <algorithm>
#include <csignal>

#include "ipucnn/kept_runs.h"

namespace ipucnn {
namespace {

std::vector<Submitted> jobs_of(const KeptRecord& run) {
  std::vector<Submitted> jobs;
  for (const HandedStep& step : run.handed) jobs.push_back({step.job});
  return jobs;
}

}  // namespace

std::string follow_run(const std::string& folder, const RunSettings& settings, Machine& machine,
                       Watcher& watcher, const KeptRecord* to_stop) {
  std::string error;
  const auto kept = read_run(folder, error);
  if (!kept) return error;
  // No variable is looked up: nothing of the plan is started any more.
  std::vector<std::string> unused;
  const auto plan = FilledPlan::make(
      kept->plan, [](std::string_view) { return std::optional<std::string>(""); }, {}, unused);
  if (!plan) return error;
  if (to_stop != nullptr) {
    const auto jobs = jobs_of(*to_stop);
    for (const Submitted& job : jobs) machine.backend.adopt(job);
    machine.backend.stop(jobs, SIGTERM);
  }
  RunInput in{*plan, folder};
  in.settings = settings;
  in.settings.stopped = to_stop != nullptr;
  return take_over_run(in, machine, watcher).error;
}

bool is_over(const KeptRecord& run, Machine& machine) {
  const std::vector<Submitted> jobs = jobs_of(run);
  std::vector<bool> over;
  for (const Submitted& job : jobs) over.push_back(!machine.backend.adopt(job));
  for (;;) {
    const auto events = machine.backend.poll(jobs, machine.clock.now());
    for (const Event& event : events)
      if (std::holds_alternative<Exit>(event.what)) over[event.job] = true;
    if (std::all_of(over.begin(), over.end(), [](bool one) { return one; })) return true;
    if (events.empty()) return false;
  }
}

}  // namespace ipucnn
