#include "resolve/demand.h"

#include <algorithm>

namespace ipucnn::resolving {

std::optional<Demand> accumulation_demand(const AppSchema& schema, const Geometry& geometry,
                                          const Facts& facts) {
  if (!geometry.pipelined || !geometry.stages) return std::nullopt;
  const auto rule = schema.accumulation_rule(geometry.schedule, facts);
  if (!rule) return std::nullopt;
  const std::int64_t stages = geometry.stages->value;
  Demand demand;
  demand.counts = rule->counts;
  demand.multiple = std::max<std::int64_t>(1, rule->multiple * stages);
  demand.least = std::max<std::int64_t>(demand.multiple, rule->at_least * stages - rule->less);
  return demand;
}

}  // namespace ipucnn::resolving
