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

/// What is left of values beside the mean of their level; levels begin at these places.
std::vector<double> rest_of(std::span<const double> values,
                            const std::vector<std::size_t>& begins) {
  std::vector<double> rest;
  for (std::size_t i = 0; i <= begins.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : begins[i - 1];
    const std::size_t to = i < begins.size() ? begins[i] : values.size();
    const double mean = mean_of(values.subspan(from, to - from));
    for (const double value : values.subspan(from, to - from)) rest.push_back(value - mean);
  }
  return rest;
}

/// A split and the changes within its two sides, all as places.
struct Split {
  std::size_t at = 0;
  std::vector<std::size_t> left, right;

  std::vector<std::size_t> all() const {
    std::vector<std::size_t> places = left;
    places.push_back(at);
    places.insert(places.end(), right.begin(), right.end());
    return places;
  }
};

/// Probability of levels at least as far apart on both sides of a split, if there is no change and
/// the split were not the best one of many.
double p_of(std::span<const double> values, const Split& split) {
  const std::vector<std::size_t> begins = split.all();
  const std::vector<double> rest = rest_of(values, begins);
  double squares = 0;
  for (const double value : rest) squares += value * value;
  const std::size_t from = split.left.empty() ? 0 : split.left.back();
  const std::size_t to = split.right.empty() ? values.size() : split.right.front();
  const double before = mean_of(values.subspan(from, split.at - from));
  const double after = mean_of(values.subspan(split.at, to - split.at));
  const auto n = static_cast<double>(values.size());
  const auto means = static_cast<double>(begins.size() + 1);
  const auto dependence = dependence_of(rest);
  const double independent = dependence ? dependence->effective_n : 0;
  if (independent <= means + 1) return 1;
  if (squares == 0) return before == after ? 1 : 0;
  const double variance = squares / n * independent / (independent - means);
  const double error = std::sqrt(
      variance * n / independent *
      (1 / static_cast<double>(split.at - from) + 1 / static_cast<double>(to - split.at)));
  return student_p((after - before) / error, independent - means);
}

/// The best of many splits lies far out by chance, most of all in short series whose neighbours
/// depend on each other; bench/false_alarms.py measures what this leaves.
double proof_of(std::size_t size) {
  constexpr double kProof = 0.0005;
  constexpr double kLong = 60;
  const double part = std::min(1.0, static_cast<double>(size) / kLong);
  return kProof * part * part;
}

/// Finds the changes of a part of a series, as places in it. `strictness` divides what is a proof:
/// changes within a part whose own split is not proven have to be clearer, since they are sought
/// only so that they do not hide it.
std::vector<std::size_t> find_changes(std::span<const double> values, double strictness) {
  constexpr double kHidden = 1000;
  if (values.size() < 2 * kFewest) return {};
  Split split;
  split.at = best_split(values);
  const auto find_sides = [&](double how_strict) {
    split.left = find_changes(values.first(split.at), how_strict);
    split.right = find_changes(values.subspan(split.at), how_strict);
    for (std::size_t& place : split.right) place += split.at;
  };
  find_sides(kHidden);
  if (p_of(values, split) <= proof_of(values.size()) / strictness) {
    if (strictness < kHidden) find_sides(strictness);
    return split.all();
  }
  std::vector<std::size_t> places = split.left;
  places.insert(places.end(), split.right.begin(), split.right.end());
  return places;
}

}  // namespace

std::vector<LevelChange> level_changes_of(std::span<const double> values) {
  const std::vector<std::size_t> places = find_changes(values, 1);
  std::vector<LevelChange> changes;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : places[i - 1];
    const std::size_t to = i + 1 < places.size() ? places[i + 1] : values.size();
    Split alone;
    alone.at = places[i] - from;
    changes.push_back({places[i], mean_of(values.subspan(from, places[i] - from)),
                       mean_of(values.subspan(places[i], to - places[i])),
                       p_of(values.subspan(from, to - from), alone)});
  }
  return changes;
}

}  // namespace ipucnn
