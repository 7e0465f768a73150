#include "cli/run_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/emit.h"
#include "ipucnn/local_run.h"
#include "ipucnn/report.h"
#include "ipucnn/resume.h"
#include "ipucnn/run_control.h"
#include "ipucnn/text_file.h"

namespace ipucnn::cli {

int status_of(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::Done:
      return kDone;
    case RunOutcome::Failed:
      break;
    case RunOutcome::Interrupted:
      return kInterrupted;
    case RunOutcome::Terminated:
      return kTerminated;
  }
  return kJobFailed;
}

int run_one(const StartableRun& run, const StartSettings& start, const SplitArgv& split,
            Machine& machine, const Streams& streams, const FolderTold& began) {
  Display display(streams,
                  display_style(streams, run.plan.made().label, split.has(Option::Quiet), began));
  const RunResult result = run_plan(run_input(run, start), machine, display);
  int status = status_of(outcome_of(result));
  if (!result.error.empty()) say(streams, result.error);
  if (const std::string lost = streams.write_error ? streams.write_error() : ""; !lost.empty()) {
    say(streams, fmt::format("not all of the job's output was passed on: {}", lost));
    if (status == kDone) status = kJobFailed;
  }
  return status;
}

namespace {

/// What stands in the way of a plan that was read.
bool say_blocked(const std::vector<PlannedRun>& runs, const Streams& streams) {
  std::set<std::string> told;
  for (const PlannedRun& run : runs) {
    for (const Blocked& finding : run.plan.blocked) {
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

}  // namespace

DisplayStyle display_style(const Streams& streams, std::optional<std::string> label, bool quiet,
                           FolderTold began) {
  DisplayStyle style{std::move(label), quiet};
  style.say = [&streams](std::string_view text) { say(streams, text); };
  style.figures = [label = style.label](const Measurement& measured, const Step& step) {
    return report_text(measured, label, {{step.printing_instances}});
  };
  style.began = std::move(began);
  return style;
}

std::vector<StartableRun> prepare(std::vector<PlannedRun> runs, const World& world,
                                  Diagnostics& findings) {
  const auto host = this_host();
  return prepare_runs(std::move(runs), world.folder, *host, world.variable, findings);
}

namespace {

int run_all(const std::vector<StartableRun>& runs, const StartSettings& start,
            const SplitArgv& split, const Streams& streams, const World& world,
            const FolderTold& began) {
  MachineWanted wanted{runs.front().via, split.has(Option::Verbose)};
  wanted.detached = split.has(Option::Detach);
  return world.with_machine(wanted, [&](Machine& machine) {
    for (const StartableRun& run : runs)
      if (const int status = run_one(run, start, split, machine, streams, began); status != kDone)
        return status;
    return kDone;
  });
}

}  // namespace

int run_plans(const std::vector<StartableRun>& runs, const StartSettings& start,
              const SplitArgv& split, const Streams& streams, const World& world) {
  if (!split.has(Option::Detach)) return run_all(runs, start, split, streams, world, {});
  // Its output is in its folder, and nobody's terminal shows it.
  Streams own = streams;
  own.out = [](std::string_view) {};
  own.out_is_terminal = own.err_is_terminal = false;
  std::string folder;
  const int status = run_detached(
      [&](const FolderTold& began) { return run_all(runs, start, split, own, world, began); },
      folder);
  if (!folder.empty()) streams.out(folder + "\n");
  return status;
}

int start_made_plans(std::vector<PlannedRun> runs, const StartSettings& start, Span at,
                     const SplitArgv& split, const Streams& streams, const World& world) {
  if (say_blocked(runs, streams)) return kFindings;
  if (const auto status = take_run_words(runs, split, streams, world)) return *status;
  Diagnostics findings;
  const auto startable = prepare(std::move(runs), world, findings);
  if (!preflight_is(split, "skip"))
    for (const StartableRun& run : startable) findings.add(preflight_of(run, at, world));
  Sources sources;
  sources.set_command_line(split.text);
  print_findings(findings, sources, split, streams, world);
  if (findings.has_errors()) return kFindings;
  if (preflight_is(split, "only")) return say_ready(startable, streams);
  return run_plans(startable, start, split, streams, world);
}

int say_ready(const std::vector<StartableRun>& runs, const Streams& streams) {
  if (!runs.empty())
    for (const auto& [tool, text] :
         machine_says(process_of(runs.front().plan.commands().front()).env)) {
      say(streams, fmt::format("{} says:", tool));
      for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        streams.err(printable(line) + "\n");
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      }
    }
  say(streams, "nothing stands in the way of a start");
  return kDone;
}

bool print_plans(const std::vector<JobPlan>& plans, const SplitArgv& split,
                 const Streams& streams) {
  const std::string_view format = format_of(split);
  const bool one_job = format == "sbatch" || format == "k8s";
  if (const std::string why = why_not(format, plans.front()); !why.empty()) {
    usage(streams, why, split);
    return false;
  }
  const auto artifacts = emit(plans, format);
  if ((format == "argv" || one_job) && artifacts->size() > 1) {
    usage(streams,
          fmt::format("--format {} holds one {}, and there are several", format,
                      one_job ? "job" : "command"),
          split);
    return false;
  }
  for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
  return true;
}

namespace {

int print_made_plans(std::vector<PlannedRun> runs, const SplitArgv& split, const Streams& streams,
                     const World& world) {
  if (const auto status = take_run_words(runs, split, streams, world)) return *status;
  std::vector<JobPlan> plans;
  for (PlannedRun& run : runs) plans.push_back(std::move(run.plan));
  return print_plans(plans, split, streams) ? kDone : kUsage;
}

}  // namespace

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
  const auto text = read_named_text(path, error);
  if (!text) return usage(streams, error, split);
  const auto plans = read_plans(*text, error);
  if (plans.empty()) {
    say(streams, fmt::format("{}: {}", name_of_text(path), error));
    return kUsage;
  }
  std::vector<PlannedRun> runs;
  for (const JobPlan& plan : plans) {
    if (const std::string why = why_not(via_of(split), plan); !why.empty())
      return usage(streams, why, split);
    runs.push_back({plan, runs_folder(split, world)});
    runs.back().via = via_of(split);
  }
  if (split.has(Option::DryRun)) return print_made_plans(std::move(runs), split, streams, world);
  return start_made_plans(std::move(runs), start_settings(split, world),
                          split.value(Option::PlanFile)->at, split, streams, world);
}

int rerun(const KeptRecord& run, const Word& word, bool resume, const SplitArgv& split,
          const Streams& streams, const World& world) {
  namespace fs = std::filesystem;
  std::string error;
  const auto via = via_named(run.scheduler);
  auto kept = read_run(run.folder, error);
  if (!kept || !via) {
    say(streams, kept ? unknown_scheduler(run) : error);
    return kUsage;
  }
  std::error_code code;
  kept->folder = fs::absolute(kept->folder, code).lexically_normal().string();
  const auto changed = changed_inputs(kept->plan, run.started_in);
  for (const std::string& what : changed) say(streams, what);
  if (!changed.empty() && !split.has(Option::WithChanges)) {
    say(streams, "the plan was made from these; --with-changes starts it as it was all the same");
    return kFindings;
  }
  // In the same place, and beside the run that it comes from.
  const auto output = split.value(Option::Output);
  PlannedRun again{kept->plan, output ? fs::absolute(output->text, code).string()
                                      : fs::path(kept->folder).parent_path().string()};
  again.origin = RunOrigin{"rerun", kept->folder};
  again.via = *via;
  if (!run.started_in.empty()) fs::current_path(run.started_in, code);
  if (code) {
    say(streams, fmt::format("it was started in {}: {}", run.started_in, code.message()));
    return kFindings;
  }
  if (resume) {
    auto going = run.goes_on ? std::nullopt : resume_run(*kept, again.plan, error);
    if (!going) {
      say(streams,
          run.goes_on ? fmt::format("{} goes on; cancel it first", run.folder_name) : error);
      return kFindings;
    }
    go_on(*std::move(going), again, streams);
  }
  std::vector<PlannedRun> runs;
  runs.push_back(std::move(again));
  StartSettings start = start_settings(split, world);
  // By which it is still found: the newest of a name is meant.
  if (!start.name) start.name = run.name;
  return start_made_plans(std::move(runs), start, word.at, split, streams, world);
}

}  // namespace ipucnn::cli
