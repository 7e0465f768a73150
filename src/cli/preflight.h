#pragma once

#include <string>

#include "cli/run_plans.h"
#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/job.h"
#include "ipucnn/preflight.h"

namespace ipucnn::cli {

/// Folder that holds the runs: --output, else `named`, else `runs` where we are.
std::string runs_folder(const SplitArgv& split, const World& world, const std::string& named);
/// The same where no job is: the files in force and the site tell.
std::string runs_folder(const SplitArgv& split, const World& world);

/// The runs of a folder, one that is not there having none; what of them cannot be read is said.
/// Absent, which is said as well, where the folder cannot be gone through.
std::optional<std::vector<KeptRecord>> list_or_say(const std::string& folder,
                                                   const Streams& streams);

/// What would keep a point's plan from starting on this host, as it counts at a start.
Diagnostics preflight_of(const JobPoint& point, const StartableRun& run,
                         std::vector<Suppression>& suppressions, const World& world);

/// The same of a plan that was read; `at` is the word that named it.
Diagnostics preflight_of(const StartableRun& run, Span at, const World& world);

/// Whether --preflight has this value.
bool preflight_is(const SplitArgv& split, std::string_view when);

}  // namespace ipucnn::cli
