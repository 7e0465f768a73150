#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipucnn/equivalents.h"
#include "ipucnn/job.h"

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

/// The presets that `words` leave open, of other applications than `not_of`, as --config takes
/// them: one for all releases of an application.
std::vector<Word> candidate_presets(const JobRequest& words, std::string_view not_of,
                                    const Catalog& catalog, Span at);

/// Adds to `like` the presets that can do the same as its job, best first, and those that cannot:
/// those made for this machine, then those that batch and micro batch change the least for. False
/// when none is for its network.
bool find_equivalents(const JobRequest& words, const AskedFigures& asked,
                      const std::vector<Word>& candidates, const Descriptors& descriptors,
                      const Surroundings& around, Equivalents& like);

}  // namespace ipucnn
