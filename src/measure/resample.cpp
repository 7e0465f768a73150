#include <algorithm>
#include <cmath>

#include "ipucnn/statistics.h"

namespace ipucnn {
namespace {

double mean_at(std::span<const double> values, const std::vector<std::size_t>& indices) {
  double sum = 0;
  for (const std::size_t i : indices) sum += values[i];
  return sum / static_cast<double>(indices.size());
}

/// Between the two nearest of sorted values, by distance.
double quantile_of_sorted(const std::vector<double>& sorted, double probability) {
  const double at = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - std::floor(at));
}

}  // namespace

/// Steele, Lea and Flood's SplitMix64.
std::uint64_t Resampler::next() {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

std::vector<std::size_t> Resampler::indices(std::size_t n, std::size_t block) {
  std::vector<std::size_t> all;
  all.reserve(n);
  while (all.size() < n) {
    const std::size_t from = next() % n;  // n is far below 2^64, so every index is as likely
    for (std::size_t i = 0; i < block && all.size() < n; ++i) all.push_back((from + i) % n);
  }
  return all;
}

std::optional<Interval> bootstrap_ratio(std::span<const double> base, std::size_t base_block,
                                        std::span<const double> next, std::size_t next_block) {
  if (base.size() < 2 || next.size() < 2) return std::nullopt;
  Resampler resampler(kResamplingSeed);
  std::vector<double> ratios;
  ratios.reserve(kResamplings);
  for (std::size_t i = 0; i < kResamplings; ++i) {
    const double below = mean_at(base, resampler.indices(base.size(), base_block));
    const double above = mean_at(next, resampler.indices(next.size(), next_block));
    if (below <= 0) return std::nullopt;
    ratios.push_back(above / below);
  }
  std::sort(ratios.begin(), ratios.end());
  constexpr double kTail = 0.025;
  return Interval{quantile_of_sorted(ratios, kTail), quantile_of_sorted(ratios, 1 - kTail)};
}

}  // namespace ipucnn
