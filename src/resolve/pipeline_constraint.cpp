#include "ipucnn/pipeline_constraint.h"

#include <algorithm>

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

}  // namespace ipucnn::resolving
