#pragma once

#include "ipucnn/job.h"

namespace ipucnn {

/// Everything that was read for a job, each file once, and what was found while reading.
struct JobInputs {
  JobInputs() = default;
  JobInputs(const JobInputs&) = delete;
  JobInputs& operator=(const JobInputs&) = delete;

  Sources sources;
  Catalog catalog{sources};
  Descriptors descriptors{catalog};
  Surroundings around;
  Diagnostics findings;
};

}  // namespace ipucnn
