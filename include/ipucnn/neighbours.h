#pragma once

#include <cstdint>
#include <optional>

#include "ipucnn/check.h"
#include "ipucnn/pipeline_constraint.h"

namespace ipucnn::checking {

using resolving::PipelineConstraint;

/// What the pipeline of a step demands; absent when it is not pipelined or its schedule has no
/// rule.
std::optional<PipelineConstraint> accumulation_constraint(const CheckInput& in);
bool meets(const PipelineConstraint& constraint, std::int64_t accumulation);

/// Legal accumulations around `numerator / denominator`. `below` is 0 when there is none.
struct Neighbours {
  std::int64_t below = 0;
  std::int64_t above = 0;
};
Neighbours legal_neighbours(const CheckInput& in, std::int64_t numerator, std::int64_t denominator);

}  // namespace ipucnn::checking
