#pragma once

#include <vector>

#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/diagnostic.h"
#include "ipucnn/record.h"

namespace ipucnn::cli {

/// A plan and what is kept beside it that it does not hold itself.
struct PlannedRun {
  JobPlan plan;
  std::vector<NamedText> files{};
};

/// The plans with the environment's variables put in; each variable that is not set is a finding,
/// and then there are none.
std::vector<FilledPlan> fill_in(const std::vector<PlannedRun>& runs, const World& world,
                                Diagnostics& findings);

/// Runs them one after the other, each in a folder of its own, up to the first that does not do its
/// work. The exit status of the program.
int run_plans(const std::vector<PlannedRun>& runs, const std::vector<FilledPlan>& filled,
              bool verbose, const Streams& streams, const World& world);

/// `run --plan FILE|-`.
int run_plan_file(const SplitArgv& split, const Streams& streams, const World& world);

}  // namespace ipucnn::cli
