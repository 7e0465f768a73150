#include "report/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/number_text.h"
#include "base/text.h"

namespace ipucnn::reporting {
namespace {

std::string first_values(const MetricPattern& metric, const Series& series) {
  std::size_t printed = 0;  // no instance has more
  for (const auto& [instance, values] : series.per_instance)
    printed = std::max(printed, values.size());
  const std::int64_t count = std::min(metric.discard_first, static_cast<std::int64_t>(printed));
  std::string text = count == 1 ? "the first value" : fmt::format("the first {} values", count);
  std::vector<std::string> of;
  if (std::any_of(series.starts.begin(), series.starts.end(),
                  [](const auto& starts) { return !starts.second.empty(); }))
    of.emplace_back("start");
  if (const std::size_t instances = series.per_instance.size(); instances > 1)
    of.push_back(fmt::format("of {} instances", instances));
  return of.empty() ? text : text + " of each " + join(of, " ");
}

}  // namespace

std::string number(double value) {
  constexpr double kLarge = 1000;
  constexpr double kTiny = 0.1;
  const double size = std::abs(value);
  if (size >= kLarge) return fixed_text(value, 1);
  return size < kTiny && size > 0 ? fmt::format("{:.4g}", value) : fmt::format("{:.3f}", value);
}

std::string change_text(double ratio) {
  const double percent = 100 * (ratio - 1);
  return std::isfinite(percent) ? percent_text(percent, 2, true) : "from 0";
}

std::string label_text(std::string_view label) {
  return fmt::format("{}: none of these figures was measured on a machine", printable(label));
}

MetricPattern with_printable_names(MetricPattern metric) {
  for (std::string* text : {&metric.name, &metric.unit, &metric.at}) *text = printable(*text);
  return metric;
}

std::string unit_text(const MetricPattern& metric) {
  return metric.unit == "1" || metric.unit.empty() ? "" : " " + metric.unit;
}

std::string left_out(const MetricPattern& metric, const Series& series, const Summary& summary) {
  const auto count = [&](std::string_view why) {
    return std::count_if(summary.discarded.begin(), summary.discarded.end(),
                         [&](const Discarded& value) { return value.why == why; });
  };
  std::vector<std::string> parts;
  if (count(kFirstValue) > 0) parts.push_back(first_values(metric, series));
  if (const auto early = count(kEarlyRow); early > 0)
    parts.push_back(
        fmt::format("{} of the first {} steps", counted(early, "value"), metric.discard_through));
  if (const auto negative = count(kNotMeasured); negative > 0)
    parts.push_back(counted(negative, "value") + " below 0, which stands for not measured");
  if (series.unreadable > 0)
    parts.push_back(fmt::format("{} that {} no number", counted(series.unreadable, "value"),
                                series.unreadable == 1 ? "is" : "are"));
  if (series.nobodys > 0)
    parts.push_back(fmt::format("{} of lines without a tag, which are nobody's",
                                counted(series.nobodys, "value")));
  return join(parts, ", and ");
}

std::optional<double> last_of(const Summary& summary) {
  return summary.samples.empty() ? std::nullopt : std::optional<double>(summary.samples.back());
}

std::vector<CheckpointRow> checkpoint_rows(const Measurement& measured, std::size_t metric) {
  std::vector<CheckpointRow> rows;
  const MetricPattern& pattern = measured.metrics()[metric];
  if (!pattern.is_of_checkpoints()) return rows;
  const Summary summary = summarize(pattern, measured.series(metric));
  const std::vector<double> places = measured.places(metric);
  for (std::size_t i = 0; i < summary.n; ++i)
    rows.push_back({i < places.size() ? std::optional(places[i]) : std::nullopt, summary.samples[i],
                    summary.best->index == i});
  return rows;
}

std::string spark_line(const std::vector<double>& values, std::size_t width) {
  constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr double kSteps = 7;
  const std::size_t columns = std::min(width, values.size());
  std::vector<double> heights;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::size_t from = i * values.size() / columns;
    const std::size_t to = (i + 1) * values.size() / columns;
    heights.push_back(mean_of(std::span<const double>(values).subspan(from, to - from)));
  }
  if (heights.empty()) return "";
  const auto [low, high] = std::minmax_element(heights.begin(), heights.end());
  std::string line;
  for (const double height : heights) {
    const double share = *high > *low ? (height - *low) / (*high - *low) : 0;
    line += kBlocks[std::lround(share * kSteps)];
  }
  return line;
}

}  // namespace ipucnn::reporting
