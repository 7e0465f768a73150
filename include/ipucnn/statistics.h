#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ipucnn {

// Figures of plain numbers. Values are in time order wherever a function looks at their order.

/// Where a figure lies with 95 % confidence.
struct Interval {
  double low = 0;
  double high = 0;
};

double mean_of(std::span<const double> values);    ///< of at least one value
double median_of(std::span<const double> values);  ///< of at least one value
/// Root of the squared distances from the mean over n - 1; of at least two values.
double deviation_of(std::span<const double> values);
/// Median distance from the median, scaled so that it is the deviation of normal values; of at
/// least one value.
double robust_deviation_of(std::span<const double> values);
/// One over the mean of 1/x: the whole work by the whole time, where each rate is of the same
/// amount of work. Absent when a value is not above 0, or there is none.
std::optional<double> harmonic_mean_of(std::span<const double> values);

/// The x below which Student's t lies with this probability.
double student_quantile(double probability, double degrees);
/// Probability of a t at least this far from 0, on either side.
double student_p(double t, double degrees);

/// How far neighbours in a series depend on each other.
struct Dependence {
  double correlation = 0;  ///< of neighbours, freed of the bias of short series; never below 0
  /// So many independent values would tell as much about the mean. The correlation is taken half
  /// a standard error above its estimate, since short series hide it. At least one.
  double effective_n = 0;
  std::size_t block = 1;  ///< values in a row that belong together: n / effective_n, rounded up
};
/// Absent for fewer than 5 values, which cannot show it, and where no number holds their squares.
std::optional<Dependence> dependence_of(std::span<const double> values);

/// The mean of a series, as far as it is known. Absent error: too few values to tell.
struct MeanEstimate {
  double mean = 0;
  std::optional<double> error{};  ///< standard error
  double degrees = 0;             ///< of freedom of the error
};
/// Values that may depend on their neighbours. No error where fewer than 2 independent values
/// would tell as much.
MeanEstimate estimate_mean(std::span<const double> values);
/// Values that are known to be independent, as those of several starts; at least one.
MeanEstimate estimate_mean_of_independent(std::span<const double> values);
std::optional<Interval> interval_of(const MeanEstimate& estimate);

/// `next` over `base`, both above 0, or `next` of nothing but 0, of which a base of nothing but 0
/// is all. Absent when one of them has no error, and where values scatter so much that it has no
/// end.
std::optional<Interval> interval_of_ratio(const MeanEstimate& base, const MeanEstimate& next);

/// Mann and Whitney's test: whether one of two sets of independent values tends to be higher.
struct RankTest {
  double u = 0;  ///< of the first set
  double p = 1;  ///< of a difference at least as large, on either side
  bool exact = false;
};
/// Both with at least one value. Exact without ties where one set has up to 8 values.
RankTest mann_whitney(std::span<const double> a, std::span<const double> b);

/// Numbers for resampling, the same on every machine and in every run.
class Resampler {
 public:
  explicit Resampler(std::uint64_t seed) : state_(seed) {}
  /// n indices below n: stretches of `block` in a row that begin anywhere and go on at the front.
  std::vector<std::size_t> indices(std::size_t n, std::size_t block);

 private:
  std::uint64_t next();
  std::uint64_t state_;
};
inline constexpr std::uint64_t kResamplingSeed = 20211102;
inline constexpr std::size_t kResamplings = 2000;

/// The middle 95 % of the ratio of the means of resampled sets, by blocks of the given lengths.
/// Absent for fewer than 2 values on a side, or when a resampled base's mean is not above 0.
std::optional<Interval> bootstrap_ratio(std::span<const double> base, std::size_t base_block,
                                        std::span<const double> next, std::size_t next_block);

/// A straight line through a series.
struct Trend {
  double change = 0;  ///< from the first to the last value, along the line
  double p = 1;       ///< of a change at least as large without a trend
};
/// What is left beside the line may depend on its neighbours. Absent for fewer than 8 values, or
/// where fewer than 3 independent ones would tell as much.
std::optional<Trend> trend_of(std::span<const double> values);

/// Values that lie about two levels and not between.
struct Levels {
  double low = 0;
  double high = 0;
  std::size_t low_count = 0;
  std::size_t high_count = 0;
};
/// Absent when one level does: the gap is not 6 times the deviation within, or one level has fewer
/// than a fifth or 3 of the values.
std::optional<Levels> levels_of(std::span<const double> values);

/// A place from which on a series lies about another mean.
struct LevelChange {
  std::size_t at = 0;  ///< the first value of the new level
  double before = 0;   ///< mean of the level that ends there
  double after = 0;    ///< mean of the one that begins
  double p = 1;        ///< of means so far apart at a given place without a change
};
/// In order. Each level has 5 values or more. A series of 100 values without a change has one found
/// in 5 % of cases at most, also where each value depends on the one before by up to 0.9.
std::vector<LevelChange> level_changes_of(std::span<const double> values);

}  // namespace ipucnn
