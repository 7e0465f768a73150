#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/terminal_width.h"
#include "ipucnn/report.h"
#include "report/format.h"

namespace ipucnn {
namespace {

using namespace reporting;  // NOLINT(google-build-using-namespace)

/// How sure the mean is, and what the order of the values says.
std::string confidence_text(const Summary& summary, const std::string& indent) {
  std::string text;
  if (summary.interval)
    text += fmt::format("{}95 % interval {} to {}, deviation {}\n", indent,
                        number(summary.interval->low), number(summary.interval->high),
                        number(*summary.stddev));
  constexpr double kWorthATurn = 0.75;
  const auto n = static_cast<double>(summary.n);
  if (summary.interval && summary.dependence->effective_n < kWorthATurn * n)
    text += fmt::format("{}neighbours depend on each other: {} values tell as much as {:.0f}\n",
                        indent, summary.n, summary.dependence->effective_n);
  if (summary.over_time)
    text += fmt::format("{}samples/time {}, if each value is of as many samples\n", indent,
                        number(*summary.over_time));
  return text;
}

std::string metric_text(const MetricPattern& metric, const Series& series, const Summary& summary,
                        const std::string& indent, const ReportStyle& style) {
  std::string text = fmt::format("  {}  ", metric.name);
  if (!summary.mean)
    text += "no value that counts\n";
  else if (summary.n == 1)
    text += fmt::format("{}{} (1 value: no spread)\n", number(*summary.mean), unit_text(metric));
  else
    text += fmt::format("{}{}, the mean of {}\n{}median {}, lowest {}, highest {}\n",
                        number(*summary.mean), unit_text(metric), summary.n, indent,
                        number(*summary.median), number(*summary.min), number(*summary.max));
  if (summary.n > 1) text += confidence_text(summary, indent);
  if (!metric.covers_all && series.per_instance.size() > 1) {
    constexpr std::string_view kHow[] = {"added up over", "the mean over", "the longest of"};
    text += fmt::format("{}{} {} instances\n", indent,
                        kHow[static_cast<std::size_t>(metric.combine)], series.per_instance.size());
  }
  if (style.old_tool != nullptr) {
    const auto value = as_examples_utils(metric, series, *style.old_tool);
    text += fmt::format("{}examples_utils benchmark prints {}: it {}\n", indent,
                        value ? number(*value) : "nothing",
                        value ? "sorts the values of all instances and leaves the lowest out"
                              : "fails on too few values and on what is no number");
  }
  if (style.plots && summary.n > 2)
    text += fmt::format("{}{}\n", indent, spark_line(summary.samples, style.width - indent.size()));
  if (const std::string out = left_out(metric, series, summary); !out.empty())
    text += fmt::format("{}left out: {}\n", indent, out);
  return text;
}

/// Each value is of another checkpoint: the last one is what the training came to, the best one
/// what it came by.
std::string checkpoints_text(const Measurement& measured, std::size_t index,
                             const MetricPattern& metric, const Series& series,
                             const Summary& summary, const std::string& indent,
                             const ReportStyle& style) {
  std::string text = fmt::format("  {}  ", metric.name);
  if (!summary.last) return text + "no value that can be read\n";
  const auto shown = [&](const Summary::Checkpoint& one) {
    const auto at = measured.at(index, one.index);
    return number(one.value) + unit_text(metric) +
           (at ? fmt::format(" at {} {}", metric.at, *at) : std::string());
  };
  text += shown(*summary.last);
  if (summary.n == 1) return text + "\n";
  text += fmt::format(", the last of {}\n{}the best {}\n",
                      counted(static_cast<std::int64_t>(summary.n), "checkpoint"), indent,
                      shown(*summary.best));
  if (style.plots)
    for (const CheckpointRow& row : checkpoint_rows(measured, index))
      text +=
          fmt::format("{}{:>10}  {:>10}{}{}\n", indent, row.at ? fmt::format("{}", *row.at) : "-",
                      number(row.value), unit_text(metric), row.best ? "  best" : "");
  if (const std::string out = left_out(metric, series, summary); !out.empty())
    text += fmt::format("{}left out: {}\n", indent, out);
  return text;
}

/// How far a run came: the last value, and between which they lie.
std::string state_text(const MetricPattern& metric, const Series& series) {
  std::string text = fmt::format("  {}  ", metric.name);
  if (series.empty()) return text + "no value that can be read\n";
  Outline all;
  for (const auto& [instance, values] : series.per_instance) all.add(values);
  for (const auto& [instance, outline] : series.outlines) all.add(outline);
  const auto count = static_cast<std::int64_t>(all.count);
  const bool kept = series.outlines.empty();
  const std::size_t instances = kept ? series.per_instance.size() : series.outlines.size();
  text += number(kept ? series.per_instance.begin()->second.back()
                      : series.outlines.begin()->second.last) +
          unit_text(metric);
  if (count == 1) return text + "\n";
  text += fmt::format(", the last of {}", counted(count, "value"));
  if (instances > 1) text += fmt::format(" of {} instances", instances);
  return text + fmt::format(", from {} to {}\n", number(all.lowest), number(all.highest));
}

std::string any_text(const Measurement& measured, std::size_t index, const Series& series,
                     const ReportStyle& style) {
  constexpr std::size_t kWidestName = 36;
  const MetricPattern metric = with_printable_names(measured.metrics()[index]);
  const bool state = metric.is_state() && !metric.is_of_checkpoints();
  const Summary summary = state ? Summary{} : summarize(metric, series);
  const std::string indent(std::min(terminal_columns(metric.name), kWidestName) + 4, ' ');
  std::string text;
  if (metric.is_of_checkpoints())
    text = checkpoints_text(measured, index, metric, series, summary, indent, style);
  else if (state)
    text = state_text(metric, series);
  else
    text = metric_text(metric, series, summary, indent, style);
  return text + doubt_lines(doubts_of(metric, series, summary, style.expected), indent);
}

}  // namespace

std::string report_text(const Measurement& measured, const std::optional<std::string>& label,
                        const ReportStyle& style) {
  std::string text;
  std::vector<std::string> not_printed;
  for (std::size_t i = 0; i < measured.metrics().size(); ++i) {
    if (measured.is_hidden(i)) continue;
    const Series series = measured.series(i);
    if (!series.printed())
      not_printed.push_back(printable(measured.metrics()[i].name));
    else
      text += any_text(measured, i, series, style);
  }
  if (text.empty()) return text;
  if (!not_printed.empty()) text += fmt::format("  not printed: {}\n", join(not_printed, ", "));
  if (label) text += fmt::format("  {}\n", label_text(*label));
  return text;
}

}  // namespace ipucnn
