// Where the level of a series changed, told from noise that depends on its neighbours.
#include <algorithm>
#include <cmath>

#include "ipucnn/statistics.h"

namespace ipucnn {
namespace {

constexpr std::size_t kFewest = 5;  // on each side; fewer cannot show how they depend

/// The split of values whose two means leave the smallest squares.
std::size_t best_split(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double middle = mean_of(values);
  std::size_t best = kFewest;
  double most = -1;
  double sum = 0;  // of distances from the middle
  for (std::size_t k = 1; k + kFewest <= values.size(); ++k) {
    sum += values[k - 1] - middle;
    if (k < kFewest) continue;
    const auto left = static_cast<double>(k);
    const double gain = sum * sum * n / (left * (n - left));
    if (gain <= most) continue;
    most = gain;
    best = k;
  }
  return best;
}

/// Probability of means at least as far apart, if there is no change and the split were not the
/// best one of many.
double p_of_split(std::span<const double> values, std::size_t at) {
  const double left = mean_of(values.first(at));
  const double right = mean_of(values.subspan(at));
  std::vector<double> rest;
  double squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    rest.push_back(values[i] - (i < at ? left : right));
    squares += rest.back() * rest.back();
  }
  const auto n = static_cast<double>(values.size());
  const auto before = static_cast<double>(at);
  const double independent = dependence_of(rest)->effective_n;
  constexpr double kMeans = 2;
  if (independent <= kMeans + 1) return 1;
  if (squares == 0) return left == right ? 1 : 0;
  const double variance = squares / n * independent / (independent - kMeans);
  const double error = std::sqrt(variance * n / independent * (1 / before + 1 / (n - before)));
  return student_p((right - left) / error, independent - kMeans);
}

void find_changes(std::span<const double> values, std::size_t offset,
                  std::vector<LevelChange>& changes) {
  if (values.size() < 2 * kFewest) return;
  const std::size_t at = best_split(values);
  const double p = p_of_split(values, at);
  // The best of many splits lies far out by chance, most of all in short series whose neighbours
  // depend on each other; bench/false_alarms.py measures what this leaves.
  constexpr double kProof = 0.001;
  constexpr double kLong = 60;
  const double part = std::min(1.0, static_cast<double>(values.size()) / kLong);
  if (p > kProof * part * part) return;
  find_changes(values.first(at), offset, changes);
  changes.push_back({offset + at, 0, 0, p});
  find_changes(values.subspan(at), offset + at, changes);
}

}  // namespace

std::vector<LevelChange> level_changes_of(std::span<const double> values) {
  std::vector<LevelChange> changes;
  find_changes(values, 0, changes);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : changes[i - 1].at;
    const std::size_t to = i + 1 < changes.size() ? changes[i + 1].at : values.size();
    changes[i].before = mean_of(values.subspan(from, changes[i].at - from));
    changes[i].after = mean_of(values.subspan(changes[i].at, to - changes[i].at));
  }
  return changes;
}

}  // namespace ipucnn
