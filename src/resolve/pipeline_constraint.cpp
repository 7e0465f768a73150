#include "ipucnn/pipeline_constraint.h"

#include <algorithm>

#include "ipucnn/numbers.h"

namespace ipucnn::resolving {

std::optional<PipelineConstraint> accumulation_constraint(const AppSchema& schema,
                                                          const Geometry& geometry,
                                                          const Facts& facts) {
  if (!geometry.pipelined || !geometry.stages) return std::nullopt;
  const auto rule = schema.accumulation_rule(geometry.schedule, facts);
  if (!rule) return std::nullopt;
  const std::int64_t stages = geometry.stages->value;
  PipelineConstraint constraint;
  constraint.counts = rule->counts;
  constraint.multiple = std::max<std::int64_t>(1, rule->multiple * stages);
  constraint.least =
      std::max<std::int64_t>(constraint.multiple, rule->at_least * stages - rule->less);
  return constraint;
}

std::int64_t nearest_accumulation(const std::optional<PipelineConstraint>& constraint,
                                  std::int64_t wanted, std::int64_t replicas) {
  const std::int64_t multiple = constraint ? constraint->multiple : 1;
  const std::int64_t least = constraint ? constraint->least : 1;
  const std::int64_t first = (least + multiple - 1) / multiple * multiple;
  const std::int64_t below = std::max(first, wanted / replicas / multiple * multiple);
  const std::int64_t above = below + multiple;
  const auto total = product({above, replicas});
  const bool above_is_nearer =
      total && below * replicas < wanted && *total - wanted < wanted - below * replicas;
  return above_is_nearer ? above : below;
}

}  // namespace ipucnn::resolving
