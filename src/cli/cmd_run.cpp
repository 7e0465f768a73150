#include <fmt/format.h>

#include "base/text.h"
#include "cli/campaign_run.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "cli/run_plans.h"
#include "ipucnn/job_plans.h"
#include "ipucnn/local_run.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

/// Without a known folder the reader must be told where the command belongs.
void say_where_to_start(const JobStep& step, const Streams& streams) {
  const LaunchSettings& launch = step.launch;
  if (!launch.text("app_dir").empty() || !launch.text("script_dir").empty()) return;
  // A program of several words is a wrapper, which finds the script in its own way.
  if (launch.list("programs." + std::string(launch.text("python"))).size() > 1) return;
  const std::string_view folder = step.purpose.directory;
  say(streams, fmt::format("start it where {} is{}", step.purpose.program,
                           folder.empty() ? "" : fmt::format(" ({} of the checkout)", folder)));
}

/// Takes the plans out of the points.
int print_dry_run(std::vector<PlannedPoint>& planned, const SplitArgv& split,
                  const Streams& streams) {
  std::vector<JobPlan> plans;
  for (PlannedPoint& one : planned) plans.push_back(std::move(one.plan));
  if (!print_plans(plans, split, streams)) return kUsage;
  if (format_of(split) == "shell" || format_of(split) == "sbatch")
    say_where_to_start(planned.front().point->first(), streams);
  return kDone;
}

/// A plan with what is kept beside it that it does not hold.
PlannedRun planned_run(const PlannedPoint& planned, const InputFiles& files, const SplitArgv& split,
                       const World& world) {
  std::vector<StepSettings> steps;
  const auto made = planned.point->planned_steps();
  for (std::size_t i = 0; i < made.size(); ++i)
    steps.push_back({planned.plan.steps[i].name, made[i]->settings});
  return {planned.plan,
          runs_folder(split, world, runs_dir_of(*planned.point, files)),
          {{"explain.json", explain_json(steps, files.sources)}},
          planned.output_at(),
          0,
          {},
          via_of(split)};
}

/// What keeps the plans from starting on this host.
Diagnostics look_ahead(const std::vector<PlannedPoint>& planned,
                       const std::vector<StartableRun>& startable, Job& job, const SplitArgv& split,
                       const World& world) {
  Diagnostics found;
  if (preflight_is(split, "skip")) return found;
  for (std::size_t i = 0; i < startable.size(); ++i)
    found.add(preflight_of(*planned[i].point, startable[i], job.suppressions, world));
  return found;
}

/// What to do with a job of which a run is illegal: the others go on, and the end says so.
void say_left_out(const Job& job, std::size_t planned, const Streams& streams) {
  if (planned < job.points.size())
    say(streams, fmt::format("left out: {} of {}", job.points.size() - planned,
                             counted(static_cast<std::int64_t>(job.points.size()), "run")));
}

/// What --sdk adds to the job: the release that decides on spellings, and variables for its plans.
struct TakenSdk {
  std::string name;
  Variables variables;
};

/// The status to end with where it cannot be had, which is said.
std::optional<int> take_sdk(JobRequest& request, const InputFiles& files, const SplitArgv& split,
                            const Streams& streams, std::optional<TakenSdk>& taken) {
  const auto word = split.value(Option::Sdk);
  if (!word) return std::nullopt;
  std::string error;
  const auto sdk = find_sdk(request, files, word->text, error);
  if (!sdk) return misused(*word, error, split, streams, files.world);
  std::vector<std::string> scripts = sdk->enable;
  if (!sdk->venv.empty()) scripts.push_back(sdk->venv + "/bin/activate");
  auto variables = sourced_variables(scripts, error);
  if (!variables) {
    say(streams, fmt::format("the SDK {}: {}", word->text, error));
    return kFindings;
  }
  if (!sdk->release.empty())
    request.launch.insert(request.launch.begin(), {"sdk=" + sdk->release, word->at});
  taken = TakenSdk{word->text, *std::move(variables)};
  return std::nullopt;
}

}  // namespace

int cmd_run(const SplitArgv& split, const Streams& streams, const World& world) {
  if (split.has(Option::PlanFile)) return run_plan_file(split, streams, world);
  const bool dry_run = split.has(Option::DryRun);
  const std::string_view format = format_of(split);
  // What they name is known to a whole plan alone.
  const bool names_parts =
      split.has(Option::Resume) || split.has(Option::Limit) || split.has(Option::RetryOn);
  const bool words =
      dry_run && format != "json" && format != "sbatch" && format != "k8s" && !names_parts;
  InputFiles files(split, world);
  JobRequest request = request_of(split);
  if (const auto status = read_or_say(files, {request}, split, streams)) return *status;
  request.suppressions = files.suppressions(split);
  std::optional<TakenSdk> sdk;
  if (const auto status = take_sdk(request, files, split, streams, sdk)) return *status;
  const Occasion occasion = dry_run ? Occasion::DryRun : Occasion::Start;
  Job job = resolve_job(request, files.descriptors, files.around, occasion);
  const bool scripts = via_of(split) != Via::Local && format == format_for(via_of(split));
  if (split.has(Option::Sweep) && (!dry_run || scripts))
    return run_sweep(job, files, split, streams);
  std::vector<PlannedPoint> planned =
      plans_of(job, words ? PlanDetail::Words : PlanDetail::Whole, files);
  if (dry_run && format_of(split) == "json") find_blocked(request, files, planned);
  if (sdk)
    for (PlannedPoint& one : planned) {
      one.plan.sdk = sdk->name;
      set_variables(one.plan, sdk->variables, "sdk");
    }

  for (const PlannedPoint& one : planned)
    if (const std::string why = dry_run ? "" : why_not(via_of(split), one.plan); !why.empty())
      return usage(streams, why, split);
  std::vector<PlannedRun> runs;
  if (!planned.empty() && (!dry_run || names_parts)) {
    for (const PlannedPoint& one : planned) runs.push_back(planned_run(one, files, split, world));
    if (const auto status = take_run_words(runs, split, streams, world)) return *status;
    for (std::size_t i = 0; i < runs.size(); ++i) planned[i].plan = runs[i].plan;
  }

  Diagnostics beside_rules;
  std::vector<StartableRun> startable;
  if (!dry_run) startable = prepare(std::move(runs), world, beside_rules);
  const JobPoint* first = job.first();
  if (first != nullptr) note_written_out(first->first(), beside_rules);
  Diagnostics of_start =
      judge(beside_rules, occasion, job.suppressions, first != nullptr ? first->preset_at : Span{});
  of_start.add(look_ahead(planned, startable, job, split, world));
  Diagnostics findings = files.findings;
  findings.add(job.all_findings());
  findings.add(of_start);
  if (first != nullptr) report_unused_words(job.suppressions, findings);
  print_findings(findings, files.sources, split, streams, world);
  if (planned.empty() || job.findings.has_errors() || of_start.has_errors()) return kFindings;

  if (preflight_is(split, "only")) return say_ready(startable, streams);

  const int status =
      dry_run ? print_dry_run(planned, split, streams)
              : run_plans(startable, start_settings(split, world), split, streams, world);
  if (status != kDone) return status;
  say_left_out(job, planned.size(), streams);
  return job.is_legal() ? kDone : kFindings;
}

}  // namespace ipucnn::cli
