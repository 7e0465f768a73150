#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "base/number_text.h"
#include "base/text.h"
#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

constexpr std::size_t kFewestForShape = 10;  // values, below which a shape is chance

std::string percent(double part) { return percent_text(100 * part, 1); }

/// Lowest and highest of values.
struct Range {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();

  void add(std::span<const double> values) {
    for (const double value : values) {
      lowest = std::min(lowest, value);
      highest = std::max(highest, value);
    }
  }
  /// Whether no two figures between them can be this part of one of them apart. It tells without
  /// sorting long series that there is nothing to be seen.
  bool is_within(double part) const {
    const double least =
        lowest < 0 && highest > 0 ? 0 : std::min(std::abs(lowest), std::abs(highest));
    return highest - lowest < part * least;
  }
};

void add_warm_up(const std::vector<double>& values, std::vector<Doubt>& doubts) {
  const std::size_t count = warm_up_of(values);
  const double middle = count == 0 ? 0 : median_of(std::span(values).subspan(values.size() / 2));
  if (middle == 0) return;
  const double off = mean_of(std::span(values).first(count)) / middle - 1;
  doubts.push_back({"warming_up",
                    fmt::format("the first {} that {} {} {} than the second half",
                                counted(static_cast<std::int64_t>(count), "value"),
                                count == 1 ? "counts is" : "count are", percent(std::abs(off)),
                                off < 0 ? "lower" : "higher"),
                    "leave them out (--discard warm-up), or more of the beginning"});
}

void add_trend(const std::vector<double>& values, std::vector<Doubt>& doubts) {
  if (values.size() < kFewestForShape) return;
  constexpr double kProven = 0.01;
  constexpr double kLarge = 0.01;  // of the mean
  const double mean = mean_of(values);
  const auto trend = trend_of(values);
  if (!trend || trend->p > kProven || std::abs(trend->change) < kLarge * std::abs(mean)) return;
  doubts.push_back(
      {"trend",
       fmt::format("it {} by {} from beginning to end", trend->change > 0 ? "rises" : "falls",
                   percent(std::abs(trend->change / mean))),
       "the mean depends on the length of the run; run longer, or look for its cause "
       "(a filling cache, heat, another job on the host)"});
}

void add_levels(const std::vector<double>& values, std::vector<Doubt>& doubts) {
  if (values.size() < kFewestForShape) return;
  constexpr double kLarge = 0.01;
  Range range;
  range.add(values);
  if (range.is_within(kLarge)) return;
  const auto levels = levels_of(values);
  if (!levels || levels->high - levels->low < kLarge * std::abs(levels->high)) return;
  doubts.push_back(
      {"two_levels",
       fmt::format("the values lie about two levels: {:.5g} ({}) and {:.5g} ({})", levels->low,
                   counted(static_cast<std::int64_t>(levels->low_count), "value"), levels->high,
                   levels->high_count),
       "the mean is of neither; look at the series for what switches"});
}

void add_outliers(const std::vector<double>& values, std::vector<Doubt>& doubts) {
  if (values.size() < kFewestForShape) return;
  constexpr double kFar = 6;        // deviations
  constexpr double kLeast = 0.005;  // of the median
  Range range;
  range.add(values);
  if (range.is_within(kLeast)) return;
  const double middle = median_of(values);
  const double far = std::max(kFar * robust_deviation_of(values), kLeast * std::abs(middle));
  std::int64_t count = 0;
  double farthest = middle;
  for (const double value : values) {
    if (std::abs(value - middle) <= far) continue;
    ++count;
    if (std::abs(value - middle) > std::abs(farthest - middle)) farthest = value;
  }
  // Where many lie far off they are no outliers but another level.
  constexpr std::size_t kShare = 10;
  if (count == 0 || static_cast<std::size_t>(count) * kShare > values.size()) return;
  doubts.push_back(
      {"outliers",
       fmt::format("{} far off the median, the farthest {:.5g}", counted(count, "value"), farthest),
       "the median does not care; look for what disturbed them (a checkpoint, a "
       "validation, another job)"});
}

void add_too_few(const Summary& summary, std::vector<Doubt>& doubts) {
  if (summary.n == 0 || summary.interval) return;
  if (!summary.dependence)
    doubts.push_back({"too_few",
                      fmt::format("{} cannot show how sure the mean is",
                                  counted(static_cast<std::int64_t>(summary.n), "value")),
                      "run longer, so that at least 5 values count"});
  else
    doubts.push_back({"too_few",
                      fmt::format("neighbours depend on each other so much that {} tell no more "
                                  "than {:.1f} would",
                                  counted(static_cast<std::int64_t>(summary.n), "value"),
                                  summary.dependence->effective_n),
                      "run longer, or start the job several times"});
}

std::string list_of(const std::vector<std::int64_t>& instances) {
  constexpr std::size_t kShown = 5;
  std::string text = instances.size() == 1 ? "instance " : "instances ";
  for (std::size_t i = 0; i < std::min(kShown, instances.size()); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", instances[i]);
  if (instances.size() > kShown) text += fmt::format(" and {} more", instances.size() - kShown);
  return text;
}

void add_instances(const MetricPattern& metric, const Series& series, const Expected& expected,
                   std::vector<Doubt>& doubts) {
  std::vector<std::pair<std::int64_t, std::size_t>> counts;
  for (const auto& [instance, values] : series.per_instance)
    counts.emplace_back(instance, values.size());
  for (const auto& [instance, outline] : series.outlines)
    counts.emplace_back(instance, outline.count);
  const auto printed = static_cast<std::int64_t>(counts.size());
  const bool added_up = !metric.covers_all && metric.combine == Combine::Sum;
  const bool unknown = series.untagged && expected.instances.value_or(1) > 1;
  if (unknown && added_up)
    doubts.push_back(
        {"untagged",
         fmt::format("{} processes write lines without a tag, so what each prints cannot be added "
                     "up: it may be the share of one",
                     *expected.instances),
         "let the launcher tag them (mpirun --tag-output)"});
  else if (!unknown && expected.instances && printed > 0 && printed < *expected.instances)
    doubts.push_back({"instances_missing",
                      fmt::format("{} of {} instances printed it", printed, *expected.instances),
                      added_up ? "the sum lacks the others; look at their logs"
                               : "look at the logs of the others"});
  std::size_t most = 0;
  for (const auto& [instance, count] : counts) most = std::max(most, count);
  std::vector<std::int64_t> shorter;
  for (const auto& [instance, count] : counts)
    if (count + 1 < most) shorter.push_back(instance);  // one less: cut off at the end
  if (!shorter.empty())
    doubts.push_back({"instances_uneven",
                      fmt::format("{} printed fewer than {} values", list_of(shorter), most),
                      "see whether it stopped early, or lines were lost"});
}

void add_starts(const Series& series, std::vector<Doubt>& doubts) {
  std::size_t further = 0;
  for (const auto& [instance, starts] : series.starts) {
    std::size_t own = 0;
    // Neighbours are one start of which it is not known where exactly it began.
    for (std::size_t i = 0; i < starts.size(); ++i)
      if (i == 0 || starts[i] != starts[i - 1] + 1) ++own;
    further = std::max(further, own);
  }
  if (further == 0) return;
  doubts.push_back(
      {"several_starts",
       fmt::format("the log holds {} starts of the job: what its lines count goes back",
                   further + 1),
       "the first values of each are left out; a job that is begun again, as Slurm "
       "does with one that it puts back into its queue, goes on in the same log"});
}

/// Figures of all instances should be the same whoever prints them; those of processes similar.
void add_disagreement(const MetricPattern& metric, const Series& series,
                      std::vector<Doubt>& doubts) {
  if (metric.is_state() || series.per_instance.size() < 2) return;
  const double allowed = metric.covers_all ? 0.01 : 0.1;
  const auto first = static_cast<std::size_t>(std::max<std::int64_t>(0, metric.discard_first));
  Range range;
  for (const auto& [instance, values] : series.per_instance)
    if (values.size() > first) range.add(std::span<const double>(values).subspan(first));
  if (range.is_within(allowed)) return;
  std::vector<std::pair<std::int64_t, double>> medians;
  std::vector<double> all;
  for (const auto& [instance, values] : series.per_instance) {
    if (values.size() <= first) continue;
    const std::span<const double> kept(values);
    medians.emplace_back(instance, median_of(kept.subspan(first)));
    all.push_back(medians.back().second);
  }
  if (all.size() < 2) return;
  const double middle = median_of(all);
  std::vector<std::int64_t> off;
  double farthest = 0;
  for (const auto& [instance, value] : medians) {
    const double by = middle == 0 ? 0 : value / middle - 1;
    if (std::abs(by) <= allowed) continue;
    off.push_back(instance);
    if (std::abs(by) > std::abs(farthest)) farthest = by;
  }
  if (off.empty()) return;
  doubts.push_back({"instances_disagree",
                    fmt::format("the median of {} is up to {} {} than that of all", list_of(off),
                                percent(std::abs(farthest)), farthest < 0 ? "lower" : "higher"),
                    metric.covers_all
                        ? "each clocks the same work; see whether they print what is taken for it"
                        : "look for what slows a host or an IPU"});
}

void add_host_bound(const MetricPattern& metric, const Expected& expected,
                    std::vector<Doubt>& doubts) {
  constexpr double kWorthALook = 1.02;
  for (const auto& [name, ratio] : expected.on_generated_data)
    if (name == metric.name && ratio.low > kWorthALook)
      doubts.push_back({"host_bound",
                        fmt::format("on generated data it is {} to {} higher",
                                    percent(ratio.low - 1), percent(ratio.high - 1)),
                        "the host does not feed the IPUs fast enough: look at its disks, at the "
                        "threads that prepare data, and at NUMA"});
}

}  // namespace

std::size_t warm_up_of(std::span<const double> values) {
  if (values.size() < kFewestForShape) return 0;
  constexpr double kFar = 5;        // deviations of the second half
  constexpr double kLeast = 0.002;  // of its median: less is the noise of printing
  const std::span<const double> second = values.subspan(values.size() / 2);
  Range of_second;
  of_second.add(second);
  if (values[0] >= of_second.lowest && values[0] <= of_second.highest) return 0;
  const double middle = median_of(second);
  const double far = std::max(kFar * robust_deviation_of(second), kLeast * std::abs(middle));
  std::size_t count = 0;
  while (
      count < values.size() / 2 && std::abs(values[count] - middle) > far &&
      (values[0] < middle ? values[count] < of_second.lowest : values[count] > of_second.highest))
    ++count;
  return count;
}

std::vector<Doubt> doubts_of(const MetricPattern& metric, const Series& series,
                             const Summary& summary, const Expected& expected) {
  std::vector<Doubt> doubts;
  if (series.unreadable > 0)
    doubts.push_back(
        {"unreadable",
         fmt::format("{} in its place {} no number", counted(series.unreadable, "text"),
                     series.unreadable == 1 ? "is" : "are"),
         "see what was printed there: nan and inf mean that the training went wrong"});
  add_instances(metric, series, expected, doubts);
  add_disagreement(metric, series, doubts);
  if (metric.is_state()) return doubts;
  add_starts(series, doubts);
  const bool once = metric.is_duration() && summary.n == 1;  // as the time of a compilation
  if (!once) add_too_few(summary, doubts);
  add_warm_up(summary.samples, doubts);
  add_trend(summary.samples, doubts);
  add_levels(summary.samples, doubts);
  add_outliers(summary.samples, doubts);
  add_host_bound(metric, expected, doubts);
  return doubts;
}

std::string doubt_lines(const std::vector<Doubt>& doubts, const std::string& indent) {
  std::string text;
  for (const Doubt& doubt : doubts)
    text += fmt::format("{}doubt: {} ({}): {}\n", indent, doubt.says, doubt.name, doubt.remedy);
  return text;
}

std::vector<Doubt> doubts_of(const LineCounts& lines) {
  constexpr std::int64_t kShort = 15;  // bytes; below about 14 bytes were seen to get lost
  constexpr std::int64_t kMany = 100;
  std::vector<Doubt> doubts;
  if (lines.tags >= kMany && lines.tagged_bytes < kShort * lines.tags)
    doubts.push_back(
        {"short_lines",
         fmt::format("tagged pieces are {:.1f} bytes long on average; Open MPI 4.1 loses bytes of "
                     "bursts of such lines",
                     static_cast<double>(lines.tagged_bytes) / static_cast<double>(lines.tags)),
         "values may be missing; compare them with the files that the application writes"});
  if (lines.overlong > 0)
    doubts.push_back(
        {"long_lines",
         fmt::format("{} longer than {} bytes {} not looked at", counted(lines.overlong, "line"),
                     LineReader::kLongestLine, lines.overlong == 1 ? "was" : "were"),
         "figures in them are missing"});
  return doubts;
}

}  // namespace ipucnn
