#include "cli/run_plans.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "cli/commands.h"
#include "cli/display.h"
#include "cli/files.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/emit.h"
#include "ipucnn/local_run.h"

namespace ipucnn::cli {
namespace {

int status_of(const End& end) {
  if (const auto* interrupted = std::get_if<Interrupted>(&end))
    return interrupted->signal == SIGTERM ? kTerminated : kInterrupted;
  return std::holds_alternative<Done>(end) ? kDone : kJobFailed;
}

std::optional<std::string> text_of(const SplitArgv& split, Option option) {
  const auto word = split.value(option);
  return word ? std::optional(word->text) : std::nullopt;
}

RunSettings settings_of(const SplitArgv& split) {
  RunSettings settings;
  if (const auto grace = split.number(Option::Grace)) settings.grace = std::chrono::seconds(*grace);
  if (const auto stall = split.number(Option::StallTimeout))
    settings.limits.push_back({"stall", *stall});
  if (const auto all = split.number(Option::Timeout)) settings.limits.push_back({"run", *all});
  if (const auto times = split.number(Option::Retries)) {
    settings.retry = Retry{*times, {}};
    for (const Word& word : split.values(Option::RetryOn))
      for (std::string_view rest = word.text; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        settings.retry->on.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
      }
  }
  for (const Given& given : split.given)
    if (given.row->id == Option::Limit && given.value && given.number)
      settings.limits.push_back(
          {given.value->text.substr(0, given.value->text.find('=')), *given.number});
  return settings;
}

/// What the run is started in, for its record.
RunContext context_of(const FilledPlan& plan, const World& world) {
  RunContext context = this_context();
  context.version = program_version();
  const std::string folder = literal_text(plan.commands().front().cwd);
  context.commit = checked_out_commit(folder.empty() ? world.folder : folder);
  return context;
}

int run_one(const StartableRun& run, const SplitArgv& split, Machine& machine,
            const Streams& streams, const World& world) {
  const JobPlan& plan = run.plan.made();
  Display display(streams, plan.label, split.has(Option::Quiet));
  RunInput in{run.plan,
              runs_folder(split, world),
              plan_texts(plan),
              settings_of(split),
              text_of(split, Option::Name),
              text_of(split, Option::Notes),
              context_of(run.plan, world)};
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
void demand_new_outputs(const PlannedRun& run, const World& world, Diagnostics& findings) {
  const auto handed = handed_on(run.plan);
  if (!handed) return;
  const std::string path = world.below(handed->path);
  if (::access(path.c_str(), F_OK) != 0) return;
  const std::string& option = handed->option;
  findings
      .add(FindingId::L030, run.output_at,
           fmt::format("{} is there already, and the next step takes what lies in it", path))
      .help = "take it away, or name another folder" + (option.empty() ? "" : " with " + option);
}

}  // namespace

std::vector<StartableRun> prepare(std::vector<PlannedRun> runs, const World& world,
                                  Diagnostics& findings) {
  std::vector<JobPlan> plans;
  for (const PlannedRun& run : runs) {
    plans.push_back(run.plan);
    demand_new_outputs(run, world, findings);
  }
  std::vector<FilledPlan> filled = fill_plans(plans, world.variable, findings);
  std::vector<StartableRun> startable;
  for (std::size_t i = 0; i < filled.size(); ++i)
    startable.push_back({std::move(filled[i]), std::move(runs[i].files)});
  return startable;
}

int run_plans(const std::vector<StartableRun>& runs, const SplitArgv& split, const Streams& streams,
              const World& world) {
  return world.with_machine(split.has(Option::Verbose), [&](Machine& machine) {
    for (const StartableRun& run : runs)
      if (const int status = run_one(run, split, machine, streams, world); status != kDone)
        return status;
    return kDone;
  });
}

int say_ready(const Streams& streams) {
  say(streams, "nothing stands in the way of a start");
  return kDone;
}

bool print_plans(const std::vector<JobPlan>& plans, const SplitArgv& split,
                 const Streams& streams) {
  const std::string_view format = format_of(split);
  const auto artifacts = emit(plans, format);
  if (format == "argv" && artifacts->size() > 1) {
    usage(streams, "--format argv holds one command, and there are several", split);
    return false;
  }
  for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
  return true;
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
  if (split.has(Option::DryRun)) return print_plans(plans, split, streams) ? kDone : kUsage;
  if (say_blocked(plans, streams)) return kFindings;
  std::vector<PlannedRun> runs;
  for (const JobPlan& plan : plans) runs.push_back({plan});
  Diagnostics findings;
  const auto startable = prepare(std::move(runs), world, findings);
  if (!preflight_is(split, "skip"))
    for (const StartableRun& run : startable)
      findings.add(preflight_of(run.plan, split.value(Option::PlanFile)->at, split, world));
  Sources sources;
  sources.set_command_line(split.text);
  print_findings(findings, sources, split, streams, world);
  if (findings.has_errors()) return kFindings;
  if (preflight_is(split, "only")) return say_ready(streams);
  return run_plans(startable, split, streams, world);
}

}  // namespace ipucnn::cli
