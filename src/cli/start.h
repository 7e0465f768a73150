#pragma once

#include "cli/pipeline.h"
#include "cli/streams.h"

namespace ipucnn::cli {

/// Starts the steps of a plan, the pipeline's `number`-th, one after the other, with a run folder.
/// `filled` is the plan with its variables put in; only `plan` is kept, so that no value of the
/// environment ends up on disk. The exit status of the program.
int start(const JobPlan& plan, const JobPlan& filled, std::size_t number, const Pipeline& pipeline,
          const Streams& streams, const World& world);

}  // namespace ipucnn::cli
