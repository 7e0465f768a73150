// Runs of a scheduler whose ipucnn is gone: what became of them is asked, and their records
// written.
#include "cli/take_over.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "cli/commands.h"
#include "cli/via.h"

namespace ipucnn::cli {
namespace {

std::vector<Submitted> jobs_of(const KeptRecord& run) {
  std::vector<Submitted> jobs;
  for (const HandedStep& step : run.handed) jobs.push_back({step.job});
  return jobs;
}

MachineWanted machine_of(const KeptRecord& run) {
  MachineWanted wanted(false);
  wanted.via = via_named(run.scheduler);
  wanted.leaves_signals = true;
  return wanted;
}

/// The plan with no variable looked up: nothing of it is started any more.
std::optional<FilledPlan> plan_of(const std::string& folder, std::string& error) {
  const auto kept = read_run(folder, error);
  if (!kept) return std::nullopt;
  std::vector<std::string> unused;
  return FilledPlan::make(
      kept->plan, [](std::string_view) { return std::optional<std::string>(""); }, {}, unused);
}

/// Whether nothing is left of any of them, as far as their scheduler knows.
bool all_over(const std::vector<Submitted>& jobs, Machine& machine) {
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

}  // namespace

std::optional<KeptRecord> take_over(const KeptRecord& run, bool stop, Watcher& watcher,
                                    const Streams& streams, const World& world) {
  std::error_code code;
  const std::string folder =
      std::filesystem::absolute(run.folder, code).lexically_normal().string();
  std::string error;
  const auto plan = plan_of(folder, error);
  if (plan)
    world.with_machine(machine_of(run), [&](Machine& machine) {
      if (stop) {
        const auto jobs = jobs_of(run);
        for (const Submitted& job : jobs) machine.backend.adopt(job);
        machine.backend.stop(jobs, SIGTERM);
      }
      RunInput in{*plan, folder};
      error = take_over_run(in, machine, watcher).error;
      return kDone;
    });
  auto record = error.empty() ? read_record(run.folder, error) : std::nullopt;
  if (!record) say(streams, error);
  return record;
}

std::string follow_run(const std::string& folder, const RunSettings& settings, Machine& machine,
                       Watcher& watcher) {
  std::string error;
  const auto plan = plan_of(folder, error);
  if (!plan) return error;
  RunInput in{*plan, folder};
  in.settings = settings;
  return take_over_run(in, machine, watcher).error;
}

KeptRecord take_over_what_is_over(const KeptRecord& run, const Streams& streams,
                                  const World& world) {
  bool over = false;
  world.with_machine(machine_of(run), [&](Machine& machine) {
    over = all_over(jobs_of(run), machine);
    return kDone;
  });
  if (!over) return run;
  Watcher nobody;
  return take_over(run, false, nobody, streams, world).value_or(run);
}

}  // namespace ipucnn::cli
