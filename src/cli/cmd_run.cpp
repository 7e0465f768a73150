#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "cli/run_plans.h"
#include "ipucnn/emit.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

/// A step that starts from what the step before writes would take what lay there before, too.
void output_folder_is_new(const JobPoint& point, const World& world, Diagnostics& out) {
  const JobStep& first = point.first();
  const auto key = first.schema().key_of(QuantityName::OutputDir, first.purpose.script);
  if (point.steps.size() < 2 || !key) return;
  const Setting* set = first.settings.find(*key);
  if (set == nullptr) return;
  std::string path = value_text(set->value);
  const std::string_view start = first.launch.text("app_dir");
  if (path.empty() || path.find("${env:") != path.npos || start.find("${env:") != start.npos)
    return;
  if (path.front() != '/') path = (start.empty() ? world.folder : std::string(start)) + "/" + path;
  if (::access(path.c_str(), F_OK) != 0) return;
  const auto option = first.schema().option(*key, first.purpose.script,
                                            [](std::string_view) { return std::nullopt; });
  out.add(FindingId::L030, set->origin.at,
          fmt::format("{} is there already, and the next step takes what lies in it", path))
      .help =
      fmt::format("take it away, or name another folder with {}", option ? option->flag : *key);
}

/// What a dry run lets pass and a start would not: the same job, as a start sees it.
std::vector<Blocked> blocked_by(const Diagnostics& at_a_start, const Sources& sources) {
  std::vector<Blocked> blocked;
  for (const Diagnostic& d : at_a_start.all()) {
    if (d.severity != Severity::Error) continue;
    const bool placed = d.at.line > 0;
    blocked.push_back({std::string(finding_info(d.id).id), d.message,
                       placed ? std::string(sources.name(d.at.source)) : "",
                       std::int64_t{d.at.line}, std::int64_t{d.at.column}, d.help});
  }
  return blocked;
}

/// Without a known folder the reader must be told where the command belongs.
void say_where_to_start(const JobStep& step, const Streams& streams) {
  const LaunchSettings& launch = step.launch;
  if (!launch.text("app_dir").empty() || !launch.text("script_dir").empty()) return;
  // A program of several words is a wrapper, which finds the script in its own way.
  if (launch.list("programs." + std::string(launch.text("python"))).size() > 1) return;
  const std::string_view folder = step.purpose.directory;
  say(streams, fmt::format("start it where {} is{}", step.purpose.script,
                           folder.empty() ? "" : fmt::format(" ({} of the checkout)", folder)));
}

/// The plans of the legal points, and what a start is asked beside the rules.
struct Planned {
  std::vector<const JobPoint*> points;
  std::vector<JobPlan> plans;
  std::vector<PlannedRun> runs;    ///< the same with what is kept beside; empty in a dry run
  std::vector<FilledPlan> filled;  ///< with the environment's variables; empty in a dry run
  Diagnostics findings;
};

int print_dry_run(const Planned& planned, std::string_view format, const Streams& streams,
                  const SplitArgv& split) {
  const auto artifacts = emit(planned.plans, format);
  if (format == "argv" && artifacts->size() > 1)
    return usage(streams, "--format argv holds one command, and this job has several", split);
  for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
  if (format == "shell") say_where_to_start(planned.points.front()->first(), streams);
  return kDone;
}

/// A plan with what is kept beside it that it does not hold.
PlannedRun planned_run(const JobPlan& plan, const JobPoint& point, const Sources& sources) {
  std::vector<StepSettings> steps;
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    steps.push_back({plan.steps[i].name, point.steps[i]->settings});
  return {plan, {{"explain.json", explain_json(steps, sources)}}};
}

Planned plan_points(const Job& job, bool dry_run, PlanDetail detail, const InputFiles& files) {
  Planned planned;
  for (const JobPoint& point : job.points) {
    if (!point.is_legal()) continue;
    if (!dry_run) output_folder_is_new(point, files.world, planned.findings);
    planned.points.push_back(&point);
    planned.plans.push_back(files.plan(point, detail));
    if (!dry_run) planned.runs.push_back(planned_run(planned.plans.back(), point, files.sources));
  }
  if (const JobPoint* first = job.first()) note_written_out(first->first(), planned.findings);
  if (!dry_run) planned.filled = fill_in(planned.runs, files.world, planned.findings);
  return planned;
}

/// Tells each plan what a start would not let pass.
void find_blocked(const JobRequest& request, const InputFiles& files, Planned& planned) {
  const Job job = resolve_job(request, files.descriptors, files.around, Occasion::Start);
  const std::vector<Blocked> of_all = blocked_by(job.findings, files.sources);
  for (std::size_t i = 0; i < planned.plans.size(); ++i) {
    const auto point = std::find_if(job.points.begin(), job.points.end(), [&](const JobPoint& p) {
      return p.label == planned.points[i]->label;
    });
    if (point != job.points.end())
      planned.plans[i].blocked = blocked_by(point->findings, files.sources);
    planned.plans[i].blocked.insert(planned.plans[i].blocked.end(), of_all.begin(), of_all.end());
  }
}

/// What to do with a job of which a run is illegal: the others go on, and the end says so.
void say_left_out(const Job& job, const Planned& planned, const Streams& streams) {
  const std::size_t left = job.points.size() - planned.points.size();
  if (left > 0 && !planned.points.empty())
    say(streams, fmt::format("left out: {} of {}", left,
                             counted(static_cast<std::int64_t>(job.points.size()), "run")));
}

}  // namespace

int cmd_run(const SplitArgv& split, const Streams& streams, const World& world) {
  const bool dry_run = split.has(Option::DryRun);
  const auto format_word = split.value(Option::Format);
  const std::string format = format_word ? format_word->text : "shell";
  if (split.has(Option::PlanFile)) return run_plan_file(split, streams, world);

  InputFiles files(split, world);
  JobRequest request = request_of(split);
  if (const auto status = read_or_say(files, {request}, split, streams)) return *status;
  request.suppressions = files.suppressions(split);
  const Occasion occasion = dry_run ? Occasion::DryRun : Occasion::Start;
  Job job = resolve_job(request, files.descriptors, files.around, occasion);
  const bool words = dry_run && format != "json";
  Planned planned = plan_points(job, dry_run, words ? PlanDetail::Words : PlanDetail::Whole, files);
  if (dry_run && !words) find_blocked(request, files, planned);

  Diagnostics findings = files.findings;
  findings.add(job.all_findings());
  const JobPoint* first = job.first();
  const Span preset_at = first != nullptr ? first->preset_at : Span{};
  const Diagnostics of_start = judge(planned.findings, occasion, job.suppressions, preset_at);
  findings.add(of_start);
  if (first != nullptr) report_unused_words(job.suppressions, findings);
  print_findings(findings, files.sources, split, streams, world);
  if (planned.points.empty() || job.findings.has_errors() || of_start.has_errors())
    return kFindings;
  const int left_out = job.is_legal() ? kDone : kFindings;
  if (dry_run) {
    const int status = print_dry_run(planned, format, streams, split);
    say_left_out(job, planned, streams);
    return status != kDone ? status : left_out;
  }
  const int status =
      run_plans(planned.runs, planned.filled, split.has(Option::Verbose), streams, world);
  if (status != kDone) return status;
  say_left_out(job, planned, streams);
  return left_out;
}

}  // namespace ipucnn::cli
