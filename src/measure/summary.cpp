#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

/// Kept values of one instance, in time order: all that there are, or a copy of those that count.
class KeptValues {
 public:
  explicit KeptValues(const std::vector<double>& all) : all_(&all) {}
  KeptValues(const std::vector<double>& all, std::vector<double> kept)
      : all_(&all), kept_(std::move(kept)) {}

  std::size_t size() const { return values().size(); }
  double operator[](std::size_t k) const { return values()[k]; }
  const std::vector<double>& values() const { return kept_ ? *kept_ : *all_; }

 private:
  const std::vector<double>* all_;
  std::optional<std::vector<double>> kept_;
};

/// Whether every value of an instance counts, which takes no look at each.
bool all_count(const MetricPattern& metric, const Series& series, std::int64_t instance) {
  const auto early = series.early.find(instance);
  return metric.is_state() && metric.discard_first <= 0 &&
         (early == series.early.end() || early->second.empty());
}

/// Of each instance; what is left out goes to `discarded`.
std::vector<KeptValues> kept_values(const MetricPattern& metric, const Series& series,
                                    std::vector<Discarded>& discarded) {
  const auto first = static_cast<std::size_t>(std::max<std::int64_t>(0, metric.discard_first));
  const bool may_be_negative = metric.is_state();
  std::vector<KeptValues> all;
  for (const auto& [instance, values] : series.per_instance) {
    if (all_count(metric, series, instance)) {
      all.emplace_back(values);
      continue;
    }
    std::vector<double> kept;
    kept.reserve(values.size());
    const auto early = series.early.find(instance);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i < first)
        discarded.push_back({instance, i, kFirstValue});
      else if (early != series.early.end() && early->second.count(i) != 0)
        discarded.push_back({instance, i, kEarlyRow});
      else if (values[i] < 0 && !may_be_negative)
        discarded.push_back({instance, i, kNotMeasured});
      else
        kept.push_back(values[i]);
    }
    all.emplace_back(values, std::move(kept));
  }
  return all;
}

std::vector<double> samples_of(const MetricPattern& metric, const std::vector<KeptValues>& kept) {
  std::vector<double> samples;
  const bool averaged = metric.covers_all || metric.combine == Combine::Mean;
  if (averaged && kept.size() == 1) return kept.front().values();
  for (std::size_t k = 0;; ++k) {
    double sum = 0;
    double longest = 0;
    std::size_t count = 0;
    for (const KeptValues& values : kept) {
      if (k >= values.size()) continue;
      sum += values[k];
      longest = std::max(longest, values[k]);
      ++count;
    }
    const bool enough = averaged ? count > 0 : count > 0 && count == kept.size();
    if (!enough) return samples;
    if (averaged)
      samples.push_back(sum / static_cast<double>(count));
    else
      samples.push_back(metric.combine == Combine::Longest ? longest : sum);
  }
}

}  // namespace

Summary summarize(const MetricPattern& metric, const Series& series) {
  Summary summary;
  summary.samples = samples_of(metric, kept_values(metric, series, summary.discarded));
  const std::vector<double>& samples = summary.samples;
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
  if (metric.is_state()) return summary;
  const MeanEstimate estimate = estimate_mean(samples);
  summary.mean = estimate.mean;
  summary.median = median_of(samples);
  summary.interval = interval_of(estimate);
  summary.dependence = dependence_of(samples);
  if (metric.is_rate()) summary.over_time = harmonic_mean_of(samples);
  if (samples.size() > 1) summary.stddev = deviation_of(samples);  // one value has no spread
  return summary;
}

}  // namespace ipucnn
