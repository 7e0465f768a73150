#include "ipucnn/neighbours.h"

#include <algorithm>

namespace ipucnn::checking {

std::optional<PipelineConstraint> accumulation_constraint(const CheckInput& in) {
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  return resolving::accumulation_constraint(in.in.schema, in.geometry, effective.facts());
}

bool meets(const PipelineConstraint& constraint, std::int64_t accumulation) {
  return accumulation >= constraint.least && accumulation % constraint.multiple == 0;
}

Neighbours legal_neighbours(const CheckInput& in, std::int64_t numerator,
                            std::int64_t denominator) {
  const PipelineConstraint constraint = accumulation_constraint(in).value_or(PipelineConstraint{});
  const std::int64_t whole = numerator / denominator;
  Neighbours near;
  near.below = whole / constraint.multiple * constraint.multiple;
  // The exact quotient itself may be illegal only by the constraint; then the value below is
  // smaller.
  if (near.below < constraint.least) near.below = 0;
  near.above = std::max(constraint.least, (whole / constraint.multiple + 1) * constraint.multiple);
  return near;
}

}  // namespace ipucnn::checking
