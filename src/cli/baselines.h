#pragma once

#include "cli/streams.h"
#include "ipucnn/measured_runs.h"

namespace ipucnn::cli {

/// ipucnn.baselines.json beside the project's ipucnn.yml, else in the working folder.
BaselinesFile read_baselines(const World& world);

}  // namespace ipucnn::cli
