// Where the findings of a preflight point, and which folder holds the runs.
#include "cli/preflight.h"

#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "ipucnn/job_plans.h"

namespace ipucnn::cli {
namespace {

Span place_of(const Settings& settings, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const Setting* set = settings.find(key); set != nullptr && set->origin.at.line > 0)
      return set->origin.at;
  return {};
}

Span place_of(const JobStep& step, const Command& command, PreflightSubject subject) {
  const Settings& launch = step.launch.values;
  const auto quantity = [&](QuantityName name) {
    const auto key = step.schema().key_of(name, step.purpose.script);
    return key ? place_of(step.settings, {*key}) : Span{};
  };
  switch (subject) {
    case PreflightSubject::Program:
      return place_of(launch, {"programs." + literal_text(command.argv.front())});
    case PreflightSubject::Folder:
      return place_of(launch, {"app_dir"});
    case PreflightSubject::Script:
      return place_of(launch, {"script_dir", "app_dir"});
    case PreflightSubject::Data:
      return quantity(QuantityName::DataDir);
    case PreflightSubject::Restore:
      return quantity(QuantityName::RestorePath);
    case PreflightSubject::Sdk:
      return place_of(launch, {"sdk"});
    case PreflightSubject::Partition:
      return place_of(launch, {"vipu_partition"});
    case PreflightSubject::Hosts:
      return place_of(launch, {"hosts"});
    case PreflightSubject::Runs:
      break;
  }
  return {};
}

Occasion occasion_of(const JobPlan& plan) {
  return plan.label ? Occasion::Rehearsal : Occasion::Start;
}

}  // namespace

std::string runs_folder(const SplitArgv& split, const World& world, const std::string& named) {
  const auto given = split.value(Option::Output);
  return world.below(given ? given->text : named.empty() ? "runs" : named);
}

std::string runs_folder(const SplitArgv& split, const World& world) {
  if (split.has(Option::Output)) return runs_folder(split, world, "");
  InputFiles files(split, world);
  const JobRequest request = request_of(split);
  std::string unsaid;  // a file that is wrong does not keep anybody from their runs
  files.read({request}, unsaid);
  return runs_folder(split, world, runs_dir_of(request, files));
}

std::optional<std::vector<KeptRecord>> list_or_say(const std::string& folder,
                                                   const Streams& streams) {
  UnreadRuns unread;
  std::vector<KeptRecord> runs = list_runs(folder, unread);
  if (unread.folder) {
    say(streams, "cannot read " + folder + ": " + unread.folder.message());
    return std::nullopt;
  }
  for (const std::string& why : unread.records) say(streams, why);
  return runs;
}

Diagnostics preflight_of(const JobPoint& point, const StartableRun& run,
                         std::vector<Suppression>& suppressions, const World& world) {
  const JobPlan& plan = run.plan.made();
  PreflightInput in{run.plan, world.folder, run.parent, run.first_step};
  in.place = [&](std::size_t step, PreflightSubject subject) {
    return place_of(*point.planned_steps()[step], plan.steps[step].command, subject);
  };
  in.tools = needed_tools(run.via);
  const auto host = this_host();
  return judge(preflight(in, *host), occasion_of(plan), suppressions, point.preset_at);
}

Diagnostics preflight_of(const StartableRun& run, Span at, const World& world) {
  PreflightInput in{run.plan, world.folder, run.parent, run.first_step};
  in.place = [at](std::size_t, PreflightSubject) { return at; };
  in.tools = needed_tools(run.via);
  const auto host = this_host();
  std::vector<Suppression> none;
  return judge(preflight(in, *host), occasion_of(run.plan.made()), none, {});
}

bool preflight_is(const SplitArgv& split, std::string_view when) {
  const auto word = split.value(Option::Preflight);
  return word && word->text == when;
}

}  // namespace ipucnn::cli
