#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

/// Values of one instance that count, in time order: a part of all, or a copy of some.
class KeptValues {
 public:
  explicit KeptValues(std::span<const double> part) : values_(part) {}
  explicit KeptValues(std::vector<double> own) : own_(std::move(own)), values_(own_) {}
  KeptValues(const KeptValues&) = delete;
  KeptValues& operator=(const KeptValues&) = delete;
  KeptValues(KeptValues&&) = default;  // the values stay where they are
  KeptValues& operator=(KeptValues&&) = default;
  ~KeptValues() = default;

  std::size_t size() const { return values_.size(); }
  double operator[](std::size_t k) const { return values_[k]; }
  std::span<const double> values() const { return values_; }

 private:
  std::vector<double> own_;
  std::span<const double> values_;
};

/// Of each instance; what is left out goes to `discarded`.
std::vector<KeptValues> kept_values(const MetricPattern& metric, const Series& series,
                                    std::vector<Discarded>& discarded) {
  const auto asked = static_cast<std::size_t>(std::max<std::int64_t>(0, metric.discard_first));
  const auto counts = [may_be_negative = is_measured(metric, -1)](double value) {
    return value >= 0 || may_be_negative;
  };
  std::vector<KeptValues> all;
  for (const auto& [instance, values] : series.per_instance) {
    const std::size_t first = std::min(asked, values.size());
    const std::span<const double> rest = std::span<const double>(values).subspan(first);
    const auto early = series.early.find(instance);
    const bool any_early = early != series.early.end() && !early->second.empty();
    const auto starts = series.starts.find(instance);
    const std::span<const std::size_t> begin =
        starts == series.starts.end() ? std::span<const std::size_t>() : starts->second;
    if (begin.empty() && !any_early && std::all_of(rest.begin(), rest.end(), counts)) {
      for (std::size_t i = 0; i < first; ++i) discarded.push_back({instance, i, kFirstValue});
      all.emplace_back(rest);
      continue;
    }
    std::vector<double> kept;
    kept.reserve(rest.size());
    std::size_t start = 0;  // where the one began that the value is of
    for (std::size_t i = 0, next = 0; i < values.size(); ++i) {
      if (next < begin.size() && begin[next] == i) start = begin[next++];
      if (i - start < asked)
        discarded.push_back({instance, i, kFirstValue});
      else if (any_early && early->second.count(i) != 0)
        discarded.push_back({instance, i, kEarlyRow});
      else if (!counts(values[i]))
        discarded.push_back({instance, i, kNotMeasured});
      else
        kept.push_back(values[i]);
    }
    all.emplace_back(std::move(kept));
  }
  return all;
}

std::vector<double> samples_of(const MetricPattern& metric, const std::vector<KeptValues>& kept) {
  std::vector<double> samples;
  const bool averaged = metric.covers_all || metric.combine == Combine::Mean;
  if (averaged && kept.size() == 1)
    return {kept.front().values().begin(), kept.front().values().end()};
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
