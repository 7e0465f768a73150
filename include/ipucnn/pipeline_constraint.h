#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ipucnn/geometry.h"
#include "ipucnn/schema.h"

namespace ipucnn::resolving {

/// What a pipeline demands of the accumulation, or of the option `counts` in its place: a multiple
/// of `multiple`, at least `least`.
struct PipelineConstraint {
  std::string_view counts;
  std::int64_t multiple = 1;
  std::int64_t least = 1;
};

/// The demand of the schedule in force; absent when the step is not pipelined or its schedule has
/// no rule. Reads the geometry's stages, schedule and `pipelined`.
std::optional<PipelineConstraint> accumulation_constraint(const AppSchema& schema,
                                                          const Geometry& geometry,
                                                          const Facts& facts);

/// The accumulation that comes nearest to accumulation x replicas = `wanted`; of two equally near
/// ones the smaller.
std::int64_t nearest_accumulation(const std::optional<PipelineConstraint>& constraint,
                                  std::int64_t wanted, std::int64_t replicas);

}  // namespace ipucnn::resolving
