#include <algorithm>
#include <cmath>
#include <numeric>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

/// Kept values of each instance, in time order; what is left out goes to `discarded`.
std::vector<std::vector<double>> kept_values(const MetricPattern& metric, const Series& series,
                                             std::vector<Discarded>& discarded) {
  std::vector<std::vector<double>> kept;
  for (const auto& [instance, values] : series.per_instance) {
    const auto first = std::min(
        values.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, metric.discard_first)));
    for (std::size_t i = 0; i < first; ++i) discarded.push_back({instance, i, "first value"});
    kept.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(first), values.end());
  }
  return kept;
}

std::vector<double> samples_of(const MetricPattern& metric,
                               const std::vector<std::vector<double>>& kept) {
  std::vector<double> samples;
  for (std::size_t k = 0;; ++k) {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& values : kept) {
      if (k >= values.size()) continue;
      sum += values[k];
      ++count;
    }
    const bool averaged = metric.covers_all || metric.is_of_checkpoints();
    const bool enough = averaged ? count > 0 : count > 0 && count == kept.size();
    if (!enough) return samples;
    samples.push_back(averaged ? sum / static_cast<double>(count) : sum);
  }
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

Summary summarize(const MetricPattern& metric, const Series& series) {
  Summary summary;
  const auto samples = samples_of(metric, kept_values(metric, series, summary.discarded));
  summary.n = samples.size();
  if (samples.empty()) return summary;
  summary.min = *std::min_element(samples.begin(), samples.end());
  summary.max = *std::max_element(samples.begin(), samples.end());
  if (metric.is_of_checkpoints()) {
    const auto best = metric.better == "lower" ? std::min_element(samples.begin(), samples.end())
                                               : std::max_element(samples.begin(), samples.end());
    summary.last = {samples.back(), samples.size() - 1};
    summary.best = {*best, static_cast<std::size_t>(best - samples.begin())};
    return summary;
  }
  const auto n = static_cast<double>(samples.size());
  const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / n;
  summary.mean = mean;
  summary.median = median_of(samples);
  if (samples.size() < 2) return summary;  // one value has no spread
  double squares = 0;
  for (const double sample : samples) squares += (sample - mean) * (sample - mean);
  summary.stddev = std::sqrt(squares / (n - 1));
  return summary;
}

}  // namespace ipucnn
