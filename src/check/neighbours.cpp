#include "check/neighbours.h"

#include <algorithm>

namespace ipucnn::checking {

std::optional<Demand> accumulation_demand(const CheckInput& in) {
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  return resolving::accumulation_demand(in.in.schema, in.geometry, effective.facts());
}

bool meets(const Demand& demand, std::int64_t accumulation) {
  return accumulation >= demand.least && accumulation % demand.multiple == 0;
}

Neighbours legal_neighbours(const CheckInput& in, std::int64_t numerator,
                            std::int64_t denominator) {
  const Demand demand = accumulation_demand(in).value_or(Demand{});
  const std::int64_t whole = numerator / denominator;
  Neighbours near;
  near.below = whole / demand.multiple * demand.multiple;
  // The exact quotient itself may be illegal only by the demand; then the value below is smaller.
  if (near.below < demand.least) near.below = 0;
  near.above = std::max(demand.least, (whole / demand.multiple + 1) * demand.multiple);
  return near;
}

}  // namespace ipucnn::checking
