#include "report/ratio.h"

#include <cstddef>

namespace ipucnn::reporting {
namespace {

constexpr std::size_t kEnoughRuns = 3;

std::vector<double> means_of(const Runs& runs) {
  std::vector<double> means;
  for (const auto& samples : runs) means.push_back(mean_of(samples));
  return means;
}

std::vector<double> joined(const Runs& runs) {
  std::vector<double> all;
  for (const auto& samples : runs) all.insert(all.end(), samples.begin(), samples.end());
  return all;
}

}  // namespace

Sides sides_of(const Runs& base, const Runs& next) {
  if (base.size() >= kEnoughRuns && next.size() >= kEnoughRuns)
    return {true, means_of(base), means_of(next)};
  return {false, joined(base), joined(next)};
}

std::optional<Interval> ratio_interval(const Sides& sides) {
  const auto estimate = sides.by_run ? estimate_mean_of_independent : estimate_mean;
  return interval_of_ratio(estimate(sides.base), estimate(sides.next));
}

}  // namespace ipucnn::reporting
