#include "cli/run_plans.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "cli/commands.h"
#include "cli/display.h"
#include "cli/files.h"
#include "ipucnn/emit.h"

namespace ipucnn::cli {
namespace {

int status_of(const End& end) {
  if (const auto* interrupted = std::get_if<Interrupted>(&end))
    return interrupted->signal == SIGTERM ? kTerminated : kInterrupted;
  return std::holds_alternative<Done>(end) ? kDone : kJobFailed;
}

int run_one(const PlannedRun& run, const FilledPlan& filled, Machine& machine,
            const Streams& streams, const World& world) {
  Display display(streams, run.plan.label);
  // The plan is kept as it was made: what stands in variables may be a secret.
  RunInput in{filled,
              (world.folder == "." ? "" : world.folder + "/") + "runs",
              {{"plan.json", emit(run.plan, "json")->front().text},
               {"resolved.yml", resolved_yaml(run.plan)}}};
  in.files.insert(in.files.end(), run.files.begin(), run.files.end());
  const RunResult result = run_plan(in, machine, display);
  int status = result.steps.empty() ? kJobFailed : status_of(result.steps.back().end);
  for (const StepResult& step : result.steps)
    if (status == kDone && !step.log_error.empty()) status = kJobFailed;
  if (!result.error.empty()) {
    say(streams, result.error);
    if (status == kDone) status = kJobFailed;
  }
  if (const std::string lost = streams.write_error ? streams.write_error() : ""; !lost.empty()) {
    say(streams, fmt::format("not all of the job's output was passed on: {}", lost));
    if (status == kDone) status = kJobFailed;
  }
  return status;
}

/// What stands in the way of a plan that was read.
bool say_blocked(const std::vector<JobPlan>& plans, const Streams& streams) {
  std::set<std::string> told;
  for (const JobPlan& plan : plans) {
    for (const Blocked& finding : plan.blocked) {
      const std::string place = finding.file.empty() ? ""
                                                     : fmt::format("{}:{}:{}: ", finding.file,
                                                                   finding.line, finding.column);
      if (!told.insert(place + finding.message).second) continue;
      say(streams, fmt::format("{}error[{}]: {}{}", place, finding.id, finding.message,
                               finding.help.empty() ? "" : "\n  help: " + finding.help));
    }
  }
  if (!told.empty())
    say(streams, "the plan cannot be started as it is; make it anew without these");
  return !told.empty();
}

/// A step that starts from what the step before writes would take what lay there before, too.
void demand_new_outputs(const std::vector<JobPlan>& plans, const World& world,
                        Diagnostics& findings) {
  for (const JobPlan& plan : plans) {
    const Step& first = plan.steps.front();
    const Arg& cwd = first.command.cwd;
    if (plan.steps.size() < 2 || first.output != plan.steps[1].restore) continue;
    if (first.output.pieces.empty() || !first.output.is_literal() || !cwd.is_literal()) continue;
    std::string path = literal_text(first.output);
    if (path.front() != '/')
      path = (cwd.pieces.empty() ? world.folder : literal_text(cwd)) + "/" + path;
    if (::access(path.c_str(), F_OK) != 0) continue;
    findings
        .add(FindingId::L030, Span{},
             fmt::format("{} is there already, and the next step takes what lies in it", path))
        .help = "take it away, or plan with another folder";
  }
}

}  // namespace

std::vector<FilledPlan> fill_in(const std::vector<PlannedRun>& runs, const World& world,
                                Diagnostics& findings) {
  std::vector<std::string> missing;
  std::vector<FilledPlan> filled;
  for (const PlannedRun& run : runs)
    if (auto one = FilledPlan::make(run.plan, world.variable, {}, missing))
      filled.push_back(std::move(*one));
  std::set<std::string_view> told;
  for (const std::string& name : missing)
    if (told.insert(name).second)
      findings.add(FindingId::L005, Span{}, fmt::format("the variable {} is not set", name)).help =
          fmt::format("export {}, or write ${{env:{}:-DEFAULT}} where it is asked for", name, name);
  if (!missing.empty()) filled.clear();
  return filled;
}

int run_plans(const std::vector<PlannedRun>& runs, const std::vector<FilledPlan>& filled,
              bool verbose, const Streams& streams, const World& world) {
  return world.with_machine(verbose, [&](Machine& machine) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!can_start(filled[i], streams)) return kJobFailed;
      if (const int status = run_one(runs[i], filled[i], machine, streams, world); status != kDone)
        return status;
    }
    return kDone;
  });
}

int run_plan_file(const SplitArgv& split, const Streams& streams, const World& world) {
  for (const Given& given : split.given) {
    // Variables of the environment are for plans that are made.
    const bool typed = given.flag.at.source == kCommandLine;
    if (typed && !given.row->is(kKeepsPlan) && given.row->id != Option::PlanFile)
      return usage(
          streams,
          fmt::format("--{} could change the plan, which is made already", given.row->name), split);
  }
  if (!split.overrides.empty())
    return usage(streams,
                 fmt::format("'{}' could change the plan, which is made already",
                             split.overrides.front().text),
                 split);
  const std::string path = split.value(Option::PlanFile)->text;
  std::string error;
  const auto text = path == "-" ? read_standard_input(error) : read_file(path, error);
  if (!text) return usage(streams, error, split);
  const auto plans = read_plans(*text, error);
  if (plans.empty()) {
    say(streams, fmt::format("{}: {}", path == "-" ? "standard input" : path, error));
    return kUsage;
  }
  if (split.has(Option::DryRun)) {
    const auto format = split.value(Option::Format);
    const auto artifacts = emit(plans, format ? format->text : "shell");
    if (format && format->text == "argv" && artifacts->size() > 1)
      return usage(streams, "--format argv holds one command, and this plan has several", split);
    for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
    return kDone;
  }
  if (say_blocked(plans, streams)) return kFindings;
  std::vector<PlannedRun> runs;
  for (const JobPlan& plan : plans) runs.push_back({plan});
  Diagnostics findings;
  const auto filled = fill_in(runs, world, findings);
  demand_new_outputs(plans, world, findings);
  Sources sources;
  sources.set_command_line(split.text);
  print_findings(findings, sources, split, streams, world);
  if (findings.has_errors()) return kFindings;
  return run_plans(runs, filled, split.has(Option::Verbose), streams, world);
}

}  // namespace ipucnn::cli
