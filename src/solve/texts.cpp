// What the solver's answers are in words.
#include <fmt/format.h>

#include "base/text.h"
#include "ipucnn/solve.h"

namespace ipucnn {

namespace {

/// "--accumulation 8 or 16"; empty when there is nothing near.
std::string nearest_text(const NearestValues& near) {
  if (near.below && near.above)
    return fmt::format("--{} {} or {}", near.figure, *near.below, *near.above);
  if (near.below || near.above)
    return fmt::format("--{} {}", near.figure, near.below ? *near.below : *near.above);
  return {};
}

}  // namespace

std::string relation_text(Relation relation, const SolveSpace& space) {
  switch (relation) {
    case Relation::Room:
      return fmt::format(
          "{} x {} per replica do not fit {}",
          space.asked_replicas ? counted(*space.asked_replicas, "replica") : "replicas",
          counted(space.ipus_per_replica, "IPU"), counted(space.available_ipus.value_or(0), "IPU"));
    case Relation::PowerOfTwo:
      return fmt::format("replicas x {} per replica are no power of two",
                         counted(space.ipus_per_replica, "IPU"));
    case Relation::Batch:
      return "micro batch x accumulation x replicas do not meet the global batch";
    case Relation::Accumulation:
      return space.multiple == 1
                 ? fmt::format("the pipeline needs an accumulation of at least {}", space.least)
                 : fmt::format(
                       "the pipeline needs an accumulation of at least {} and a multiple "
                       "of {}",
                       space.least, space.multiple);
    case Relation::Instances:
      break;
  }
  return "replicas, hosts and IPU-Link domains do not divide evenly among the instances";
}

std::string no_answer_text(const Solution& solution, const SolveSpace& space) {
  return "nothing fits: " + relation_text(*solution.violated, space);
}

std::string nearest_text(const Solution& solution, const SolveSpace& space) {
  std::string all;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) all += (all.empty() ? "what fits is nearest with " : "; with ") + text;
  };
  for (const NearestValues& near : solution.nearest) add(nearest_text(near));
  if (*solution.violated == Relation::Accumulation && !space.counts.empty())
    add(fmt::format("{} {}", space.counts, space.least));
  return all;
}

}  // namespace ipucnn
