// What a series looks like: a trend, or two levels.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ipucnn/statistics.h"

namespace ipucnn {

std::optional<Trend> trend_of(std::span<const double> values) {
  constexpr std::size_t kFewest = 8;
  constexpr double kFewestIndependent = 3;
  if (values.size() < kFewest) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  const double mean = mean_of(values);
  const double middle = (n - 1) / 2;
  double xx = 0;
  double xy = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    xx += x * x;
    xy += x * (values[i] - mean);
  }
  const double slope = xy / xx;
  std::vector<double> rest;
  for (std::size_t i = 0; i < values.size(); ++i)
    rest.push_back(values[i] - mean - slope * (static_cast<double>(i) - middle));
  const auto dependence = dependence_of(rest);
  if (!dependence || dependence->effective_n < kFewestIndependent) return std::nullopt;
  double squares = 0;
  for (const double value : rest) squares += value * value;
  const double change = slope * (n - 1);
  if (squares == 0) return Trend{change, change == 0 ? 1.0 : 0.0};
  const double degrees = dependence->effective_n - 2;
  // As for a mean: the squares of n values that tell as much as m count as those of m.
  const double error = std::sqrt(squares / n / degrees / (xx / n));
  return Trend{change, student_p(slope / error, degrees)};
}

std::optional<Levels> levels_of(std::span<const double> values) {
  constexpr double kGap = 6;
  constexpr std::size_t kFewest = 3;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t least = std::max(kFewest, (sorted.size() + 4) / 5);
  std::optional<Levels> best;
  double best_within = 0;
  const std::span<const double> all(sorted);
  // Distances from the middle value, so that squares of large values do not swallow small ones.
  const double middle = sorted.empty() ? 0 : sorted[sorted.size() / 2];
  double low_sum = 0;
  double low_squares = 0;
  double sum = 0;
  double squares = 0;
  for (const double value : all) {
    sum += value - middle;
    squares += (value - middle) * (value - middle);
  }
  for (std::size_t k = 1; k < sorted.size(); ++k) {
    const double value = sorted[k - 1] - middle;
    low_sum += value;
    low_squares += value * value;
    const std::size_t above = sorted.size() - k;
    if (k < least || above < least) continue;
    const auto low_n = static_cast<double>(k);
    const auto high_n = static_cast<double>(above);
    const double within = low_squares - low_sum * low_sum / low_n + (squares - low_squares) -
                          (sum - low_sum) * (sum - low_sum) / high_n;
    if (best && within >= best_within) continue;
    best = Levels{middle + low_sum / low_n, middle + (sum - low_sum) / high_n, k, above};
    best_within = within;
  }
  // Squares that no number can hold tell of no level.
  if (!best || !std::isfinite(squares)) return std::nullopt;
  const auto n = static_cast<double>(sorted.size());
  const double deviation = std::sqrt(std::max(0.0, best_within) / (n - 2));
  if (best->high - best->low <= kGap * deviation || best->high <= best->low) return std::nullopt;
  return best;
}

}  // namespace ipucnn
