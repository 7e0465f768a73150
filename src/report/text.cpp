#include "base/text.h"

#include <fmt/format.h>

#include "ipucnn/report.h"

namespace ipucnn {
namespace {

/// One decimal for large figures, three for small ones.
std::string number(double value) {
  constexpr double kLarge = 1000;
  return value >= kLarge ? fmt::format("{:.1f}", value) : fmt::format("{:.3f}", value);
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

}  // namespace

std::string report_text(const Measurement& measured, const std::optional<std::string>& label) {
  std::string text;
  for (std::size_t i = 0; i < measured.metrics().size(); ++i) {
    const MetricPattern& metric = measured.metrics()[i];
    const Series& series = measured.series(i);
    const bool proof =
        measured.proof().kind == ProofPattern::Kind::Metric && measured.proof().what == metric.name;
    if (series.per_instance.empty() && series.unreadable == 0) continue;
    if (proof || metric.is_rate()) text += metric_text(metric, series);
  }
  if (!text.empty() && label)
    text += fmt::format("  {}: none of these figures was measured on a machine\n", *label);
  return text;
}

}  // namespace ipucnn
