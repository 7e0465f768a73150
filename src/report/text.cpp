#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ipucnn/report.h"

namespace ipucnn {
namespace {

/// One decimal for large figures, three for small ones, and digits that count for tiny ones.
std::string number(double value) {
  constexpr double kLarge = 1000;
  constexpr double kTiny = 0.1;
  const double size = std::abs(value);
  if (size >= kLarge) return fmt::format("{:.1f}", value);
  return size < kTiny && size > 0 ? fmt::format("{:.4g}", value) : fmt::format("{:.3f}", value);
}

std::string left_out(const MetricPattern& metric, const Series& series, const Summary& summary) {
  std::string text;
  if (!summary.discarded.empty()) {
    const std::string which = metric.discard_first == 1
                                  ? "the first value"
                                  : fmt::format("the first {} values", metric.discard_first);
    const std::size_t instances = series.per_instance.size();
    text = instances == 1 ? which : fmt::format("{} of each of {} instances", which, instances);
  }
  if (series.unreadable > 0)
    text += fmt::format("{}{} that {} no number", text.empty() ? "" : ", and ",
                        counted(series.unreadable, "value"), series.unreadable == 1 ? "is" : "are");
  return text;
}

std::string metric_text(const MetricPattern& metric, const Series& series) {
  const Summary summary = summarize(metric, series);
  const std::string indent(metric.name.size() + 4, ' ');
  std::string text = fmt::format("  {}  ", metric.name);
  if (!summary.mean)
    text += "no value that counts\n";
  else if (summary.n == 1)
    text += fmt::format("{} {} (1 value: no spread)\n", number(*summary.mean), metric.unit);
  else
    text += fmt::format("{} {}, the mean of {}\n{}median {}, lowest {}, highest {}\n",
                        number(*summary.mean), metric.unit, summary.n, indent,
                        number(*summary.median), number(*summary.min), number(*summary.max));
  if (!metric.covers_all && series.per_instance.size() > 1)
    text += fmt::format("{}added up over {} instances\n", indent, series.per_instance.size());
  if (const std::string out = left_out(metric, series, summary); !out.empty())
    text += fmt::format("{}left out: {}\n", indent, out);
  return text;
}

/// Each value is of another checkpoint: the last one is what the training came to, the best one
/// what it came by.
std::string checkpoints_text(const Measurement& measured, std::size_t index) {
  const MetricPattern& metric = measured.metrics()[index];
  const Series series = measured.series(index);
  const Summary summary = summarize(metric, series);
  const std::string indent(metric.name.size() + 4, ' ');
  std::string text = fmt::format("  {}  ", metric.name);
  if (!summary.last) return text + "no value that can be read\n";
  const auto shown = [&](const Summary::Checkpoint& one) {
    const auto at = measured.at(index, one.index);
    return number(one.value) + (metric.unit == "1" ? "" : " " + metric.unit) +
           (at ? fmt::format(" at {} {}", metric.at, *at) : std::string());
  };
  text += shown(*summary.last);
  if (summary.n == 1) return text + "\n";
  text += fmt::format(", the last of {}\n{}the best {}\n",
                      counted(static_cast<std::int64_t>(summary.n), "checkpoint"), indent,
                      shown(*summary.best));
  if (const std::string out = left_out(metric, series, summary); !out.empty())
    text += fmt::format("{}left out: {}\n", indent, out);
  return text;
}

/// A figure that is no rate has no mean worth reading: the last value, and between which they lie.
std::string values_text(const MetricPattern& metric, const Series& series) {
  std::string text = fmt::format("  {}  ", metric.name);
  const std::string unit = metric.unit == "1" ? "" : " " + metric.unit;
  double lowest = 0;
  double highest = 0;
  std::int64_t count = 0;
  for (const auto& [instance, values] : series.per_instance) {
    for (const double value : values) {
      lowest = count == 0 ? value : std::min(lowest, value);
      highest = count == 0 ? value : std::max(highest, value);
      ++count;
    }
  }
  if (count == 0) return text + "no value that can be read\n";
  text += number(series.per_instance.begin()->second.back()) + unit;
  if (count == 1) return text + "\n";
  text += fmt::format(", the last of {}", counted(count, "value"));
  if (series.per_instance.size() > 1)
    text += fmt::format(" of {} instances", series.per_instance.size());
  return text + fmt::format(", from {} to {}\n", number(lowest), number(highest));
}

}  // namespace

std::string report_text(const Measurement& measured, const std::optional<std::string>& label) {
  std::string text;
  std::vector<std::string> not_printed;
  for (std::size_t i = 0; i < measured.metrics().size(); ++i) {
    const MetricPattern& metric = measured.metrics()[i];
    const Series series = measured.series(i);
    const bool proof =
        measured.proof().kind == ProofPattern::Kind::Metric && measured.proof().what == metric.name;
    if (series.per_instance.empty() && series.unreadable == 0)
      not_printed.push_back(metric.name);
    else if (metric.is_of_checkpoints())
      text += checkpoints_text(measured, i);
    else
      text += proof || metric.is_rate() ? metric_text(metric, series) : values_text(metric, series);
  }
  if (text.empty()) return text;
  if (!not_printed.empty()) text += fmt::format("  not printed: {}\n", join(not_printed, ", "));
  if (label) text += fmt::format("  {}: none of these figures was measured on a machine\n", *label);
  return text;
}

}  // namespace ipucnn
