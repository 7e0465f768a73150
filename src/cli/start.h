#pragma once

#include "cli/pipeline.h"
#include "cli/streams.h"

namespace ipucnn::cli {

/// Starts the steps of a plan one after the other, with a run folder. The exit status of the
/// program.
int start(const JobPlan& plan, const Pipeline& pipeline, const SplitArgv& split,
          const Streams& streams, const World& world);

}  // namespace ipucnn::cli
