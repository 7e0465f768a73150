// Plans that are made ready to be started.
#include <fmt/format.h>

#include <utility>

#include "ipucnn/preflight.h"

namespace ipucnn {
namespace {

/// A step that starts from what the step before writes would take what lay there before, too.
void demand_new_outputs(const PlannedRun& run, const std::string& start, HostFacts& host,
                        Diagnostics& findings) {
  const auto handed = run.first_step == 0 ? handed_on(run.plan) : std::nullopt;
  if (!handed || run.begins_anew) return;
  const bool is_below = start != "." && !handed->path.starts_with('/');
  const std::string path = is_below ? start + "/" + handed->path : handed->path;
  if (host.kind(path) == PathKind::Nothing) return;
  const std::string& option = handed->option;
  findings
      .add(FindingId::L030, run.output_at,
           fmt::format("{} is there already, and the next step takes what lies in it", path))
      .help = "take it away, or name another folder" + (option.empty() ? "" : " with " + option);
}

}  // namespace

std::vector<StartableRun> prepare_runs(
    std::vector<PlannedRun> runs, const std::string& start, HostFacts& host,
    const std::function<std::optional<std::string>(std::string_view)>& variable,
    Diagnostics& findings) {
  std::vector<JobPlan> plans;
  for (const PlannedRun& run : runs) {
    plans.push_back(run.plan);
    demand_new_outputs(run, start, host, findings);
  }
  const auto kept = runs.empty() ? std::vector<std::string>() : kept_variables(runs.front().via);
  std::vector<FilledPlan> filled = fill_plans(plans, variable, kept, findings);
  std::vector<StartableRun> startable;
  for (std::size_t i = 0; i < filled.size(); ++i)
    startable.push_back({std::move(filled[i]), std::move(runs[i].parent), std::move(runs[i].files),
                         runs[i].first_step, std::move(runs[i].origin), runs[i].via});
  return startable;
}

}  // namespace ipucnn
