#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipucnn/equivalents.h"
#include "ipucnn/job_inputs.h"

namespace ipucnn {

/// Figures that the solver is asked to keep to; each absent when it is free.
struct AskedFigures {
  std::optional<std::int64_t> micro_batch;
  std::optional<std::int64_t> accumulation;
  std::optional<std::int64_t> replicas;
  std::optional<std::int64_t> ipus_per_replica;
  std::optional<std::int64_t> global_batch;
  std::optional<std::int64_t> instances;
};

/// The space of a step under these figures, which stand above what the preset and the words for the
/// application say. Absent when a figure of the preset is not known.
std::optional<SolveSpace> solve_space(const JobStep& step, const AskedFigures& asked);

/// What meets the network and the batch of a job, in other applications.
struct EquivalentJobs {
  std::optional<Equivalents> found;  ///< absent: findings say why there is nothing to compare
  std::optional<Job> best;           ///< the first proposal with the words asked for
  Diagnostics findings;
};
/// `like` names a job or else a preset; `words` choose among the presets of other applications and
/// say on which machine. Best first: those made for this machine, then those whose batch changes
/// the least.
EquivalentJobs find_equivalents(const JobRequest& words, const AskedFigures& asked,
                                const Word& like, const JobInputs& inputs);

}  // namespace ipucnn
