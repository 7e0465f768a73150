#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ipucnn/check.h"

namespace ipucnn::checking {

/// What a pipeline demands of the accumulation, or of the option `counts` in its place: a multiple
/// of `multiple`, at least `least`.
struct Demand {
  std::string_view counts;
  std::int64_t multiple = 1;
  std::int64_t least = 1;
};
/// Absent when the step is not pipelined or its schedule has no rule.
std::optional<Demand> accumulation_demand(const CheckInput& in);
bool meets(const Demand& demand, std::int64_t accumulation);

/// Legal accumulations around `numerator / denominator`. `below` is 0 when there is none.
struct Neighbours {
  std::int64_t below = 0;
  std::int64_t above = 0;
};
Neighbours legal_neighbours(const CheckInput& in, std::int64_t numerator, std::int64_t denominator);

}  // namespace ipucnn::checking
