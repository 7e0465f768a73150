#include "run/long_series.h"

#include <algorithm>

namespace ipucnn::running {

void LongSeries::take_from(Measurement& measured) {
  for (std::size_t i = 0; i < measured.metrics().size(); ++i) {
    const Series series = measured.series(i);
    for (const auto& [instance, values] : series.per_instance)
      add(measured.metrics()[i], series, instance, sums_[i][instance]);
  }
  measured.let_go_of_values();
}

void LongSeries::add(const MetricPattern& metric, const Series& series, std::int64_t instance,
                     Sum& sum) {
  const auto first = static_cast<std::size_t>(std::max<std::int64_t>(0, metric.discard_first));
  const bool may_be_negative = is_measured(metric, -1);
  const auto early = series.early.find(instance);
  const auto starts = series.starts.find(instance);
  const auto is_early = [&](std::size_t k) {
    return early != series.early.end() && early->second.count(k) != 0;
  };
  const std::vector<double>& values = series.per_instance.at(instance);
  std::size_t next = 0;  // of the starts
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double value = values[k];
    if (starts != series.starts.end() && next < starts->second.size() &&
        starts->second[next] == k) {
      sum.seen = 0;
      ++next;
    }
    if (sum.seen++ < first || is_early(k) || (value < 0 && !may_be_negative)) continue;
    ++sum.n;
    sum.mean += (value - sum.mean) / static_cast<double>(sum.n);
    sum.min = sum.n == 1 ? value : std::min(sum.min, value);
    sum.max = sum.n == 1 ? value : std::max(sum.max, value);
  }
}

std::vector<LongFigure> LongSeries::figures(const Measurement& measured) const {
  std::vector<LongFigure> figures;
  for (const auto& [index, instances] : sums_) {
    const MetricPattern& metric = measured.metrics()[index];
    const bool averaged = metric.covers_all || metric.combine == Combine::Mean;
    LongFigure figure{metric.name, metric.unit};
    double sum = 0;
    std::size_t printing = 0;
    for (const auto& [instance, one] : instances) {
      if (one.n == 0) continue;
      figure.n = printing == 0 ? one.n
                 : averaged    ? std::max(figure.n, one.n)
                               : std::min(figure.n, one.n);
      sum += one.mean;
      ++printing;
      figure.min = one.min;
      figure.max = one.max;
    }
    if (printing == 0) continue;
    // The lowest of several together would take all their values.
    if (printing > 1) figure.min = figure.max = std::nullopt;
    const bool has_mean = !metric.is_state() && metric.combine != Combine::Longest;
    if (has_mean) figure.mean = averaged ? sum / static_cast<double>(printing) : sum;
    figure.last = measured.latest(metric.name);
    figures.push_back(std::move(figure));
  }
  return figures;
}

}  // namespace ipucnn::running
