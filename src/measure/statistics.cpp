#include "ipucnn/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ipucnn {
namespace {

constexpr double kConfidence = 0.95;

double squared_distances(std::span<const double> values, double mean) {
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum;
}

}  // namespace

double mean_of(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  if (std::isfinite(sum)) return sum / n;
  // Values whose sum no number can hold have a mean all the same.
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [n](double part, double value) { return part + value / n; });
}

double median_of(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  if (sorted.size() % 2 == 1) return *middle;
  return (*std::max_element(sorted.begin(), middle) + *middle) / 2;
}

double deviation_of(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  return std::sqrt(squared_distances(values, mean_of(values)) / (n - 1));
}

double robust_deviation_of(std::span<const double> values) {
  constexpr double kOfNormalValues = 1.482602218505602;
  const double middle = median_of(values);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - middle));
  return kOfNormalValues * median_of(distances);
}

std::optional<double> harmonic_mean_of(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  double sum = 0;
  for (const double value : values) {
    if (value <= 0) return std::nullopt;
    sum += 1 / value;
  }
  return static_cast<double>(values.size()) / sum;
}

std::optional<Dependence> dependence_of(std::span<const double> values) {
  constexpr std::size_t kFewest = 5;
  constexpr double kHighest = 0.99;
  if (values.size() < kFewest) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  const double mean = mean_of(values);
  const double squares = squared_distances(values, mean);
  if (!std::isfinite(squares)) return std::nullopt;
  double products = 0;
  for (std::size_t i = 1; i < values.size(); ++i)
    products += (values[i] - mean) * (values[i - 1] - mean);
  const double raw = squares > 0 ? products / squares : 0;
  // The estimate of a series whose mean is estimated as well is too low by (1 + 3 r) / n (Kendall
  // 1954).
  const double r = squares > 0 ? std::clamp((n * raw + 1) / (n - 3), 0.0, kHighest) : 0;
  const double upper =
      squares > 0 ? std::min(r + 0.5 * std::sqrt((1 - r * r) / n), kHighest) : 0;  // see the header
  const double effective = std::max(n * (1 - upper) / (1 + upper), 1.0);
  return Dependence{r, effective, static_cast<std::size_t>(std::ceil(n / effective))};
}

MeanEstimate estimate_mean(std::span<const double> values) {
  constexpr double kFewest = 2;
  MeanEstimate estimate;
  estimate.mean = mean_of(values);
  const auto dependence = dependence_of(values);
  if (!dependence || dependence->effective_n < kFewest) return estimate;
  const auto n = static_cast<double>(values.size());
  // The squared distances from the mean of n values that tell as much as m are too small by
  // 1 - 1/m, so that their variance over m is SS / n / (m - 1).
  estimate.degrees = dependence->effective_n - 1;
  estimate.error = std::sqrt(squared_distances(values, estimate.mean) / n / estimate.degrees);
  return estimate;
}

MeanEstimate estimate_mean_of_independent(std::span<const double> values) {
  MeanEstimate estimate;
  estimate.mean = mean_of(values);
  if (values.size() < 2 || !std::isfinite(deviation_of(values))) return estimate;
  const auto n = static_cast<double>(values.size());
  estimate.degrees = n - 1;
  estimate.error = deviation_of(values) / std::sqrt(n);
  return estimate;
}

std::optional<Interval> interval_of(const MeanEstimate& estimate) {
  if (!estimate.error) return std::nullopt;
  const double half = student_quantile((1 + kConfidence) / 2, estimate.degrees) * *estimate.error;
  return Interval{estimate.mean - half, estimate.mean + half};
}

std::optional<Interval> interval_of_ratio(const MeanEstimate& base, const MeanEstimate& next) {
  if (!base.error || !next.error) return std::nullopt;
  // Nothing but 0 has no logarithm, and is known all the same.
  const auto is_zero = [](const MeanEstimate& one) { return one.mean == 0 && *one.error == 0; };
  if (is_zero(next) && (base.mean > 0 || is_zero(base)))
    return base.mean > 0 ? Interval{0, 0} : Interval{1, 1};
  if (base.mean <= 0 || next.mean <= 0) return std::nullopt;
  const double a = std::pow(*base.error / base.mean, 2);
  const double b = std::pow(*next.error / next.mean, 2);
  const double ratio = next.mean / base.mean;
  if (a + b == 0) return Interval{ratio, ratio};
  if (!std::isfinite(a + b)) return std::nullopt;
  // Welch and Satterthwaite's degrees of freedom, of the logarithm of the ratio.
  const double degrees = std::pow(a + b, 2) / (a * a / base.degrees + b * b / next.degrees);
  const double half = student_quantile((1 + kConfidence) / 2, degrees) * std::sqrt(a + b);
  const Interval interval{ratio * std::exp(-half), ratio * std::exp(half)};
  return std::isfinite(interval.high) ? std::optional(interval) : std::nullopt;
}

}  // namespace ipucnn
