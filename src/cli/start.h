#pragma once

#include "cli/streams.h"
#include "ipucnn/job.h"

namespace ipucnn::cli {

/// Starts the steps of a point's plan one after the other, with a run folder. `filled` is the plan
/// with its variables put in; only `plan` is kept, so that no value of the environment ends up on
/// disk. The exit status of the program.
int start(const JobPlan& plan, const JobPlan& filled, const JobPoint& point, const Sources& sources,
          const Streams& streams, const World& world);

}  // namespace ipucnn::cli
