#pragma once

#include <vector>

#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/diagnostic.h"
#include "ipucnn/record.h"
#include "ipucnn/resume.h"
#include "ipucnn/startable_run.h"

namespace ipucnn::cli {

using FolderTold = std::function<void(const std::string&)>;

/// How a run is shown here: what ipucnn says has its name in front, and a step ends with its
/// figures.
DisplayStyle display_style(const Streams& streams, std::optional<std::string> label, bool quiet,
                           FolderTold began = {});

/// What the words say of the steps, phases and troubles of the plans: which step is the first,
/// whether it goes on with an earlier run. The status to end with when they speak of what no plan
/// has, which is said.
std::optional<int> take_run_words(std::vector<PlannedRun>& runs, const SplitArgv& split,
                                  const Streams& streams, const World& world);

/// Makes a run go on with an earlier one, and says so.
void go_on(Resumption going, PlannedRun& run, const Streams& streams);

/// Prepares them with what the program knows of this host (see prepare_runs).
std::vector<StartableRun> prepare(std::vector<PlannedRun> runs, const World& world,
                                  Diagnostics& findings);

/// Runs one, in a folder that `began` is told before anything is started. The exit status of the
/// program.
int run_one(const StartableRun& run, const StartSettings& start, const SplitArgv& split,
            Machine& machine, const Streams& streams, const FolderTold& began);

/// What the words say of limits, tries and time to end.
RunSettings run_settings(const SplitArgv& split);

/// What they say of each run, and which folder it is started in.
StartSettings start_settings(const SplitArgv& split, const World& world);

/// As the program ends with it.
int status_of(RunOutcome outcome);

/// Runs them one after the other, each in a folder of its own, up to the first that does not do its
/// work. The exit status of the program.
int run_plans(const std::vector<StartableRun>& runs, const StartSettings& start,
              const SplitArgv& split, const Streams& streams, const World& world);

/// Everything between plans that were read and the end of their runs. `at`: the word that named
/// them.
int start_made_plans(std::vector<PlannedRun> runs, const StartSettings& start, Span at,
                     const SplitArgv& split, const Streams& streams, const World& world);

/// Says what the machine's tools say of it, and that a preflight found nothing in the way. Always
/// kDone.
int say_ready(const std::vector<StartableRun>& runs, const Streams& streams);

/// Prints the plans in the format that is asked for. False, with a misuse said, when it cannot hold
/// them.
bool print_plans(const std::vector<JobPlan>& plans, const SplitArgv& split, const Streams& streams);

/// `run --plan FILE|-`.
int run_plan_file(const SplitArgv& split, const Streams& streams, const World& world);

/// `runs rerun RUN` and `runs resume RUN`.
int rerun(const KeptRecord& run, const Word& word, bool resume, const SplitArgv& split,
          const Streams& streams, const World& world);

}  // namespace ipucnn::cli
