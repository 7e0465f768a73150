#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/escape.h"
#include "base/text.h"
#include "ipucnn/compare.h"
#include "ipucnn/render.h"
#include "report/format.h"

namespace ipucnn {
namespace {

using reporting::change_text;
using reporting::number;
using Json = nlohmann::ordered_json;

std::string or_none(const std::string& value) { return value.empty() ? "-" : value; }

std::string percent(double part) { return fmt::format("{:.2f} %", 100 * part); }

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{} to {}", change_text(interval->low), change_text(interval->high))
                  : "too few values to tell";
}

/// Of a figure that was 0 no change is a part.
std::string interval_text(const MetricComparison& metric) {
  return !metric.interval && metric.verdict != Verdict::Inconclusive
             ? "none, for it was 0"
             : interval_text(metric.interval);
}

std::string unit_of(const MetricComparison& metric) { return metric.by_run ? "run" : "sample"; }

std::string side_text(const ComparedSide& side, const MetricComparison& metric) {
  std::string text = fmt::format("{} {}, the mean of {}", number(side.mean), metric.unit,
                                 counted(static_cast<std::int64_t>(side.n), unit_of(metric)));
  constexpr double kWorthATurn = 0.75;
  if (side.effective_n < kWorthATurn * static_cast<double>(side.n))
    text += fmt::format(" that tell as much as {:.1f}", side.effective_n);
  return text;
}

/// What an inconclusive verdict is for.
std::string remedy(const MetricComparison& metric) {
  if (metric.verdict != Verdict::Inconclusive) return "";
  return metric.by_run ? "start the job more often on each side"
                       : "start the job 3 times or more on each side, or run longer";
}

std::string headline(const MetricComparison& metric, double threshold) {
  return fmt::format("{} {}: {} ({}; 95 % interval {}; threshold {})", metric.step, metric.metric,
                     verdict_name(metric.verdict), change_text(metric.ratio), interval_text(metric),
                     percent(threshold));
}

std::string metric_text(const MetricComparison& metric, double threshold) {
  std::string text = headline(metric, threshold) + "\n";
  text += fmt::format("  base  {}\n", side_text(metric.base, metric));
  text += fmt::format("  new   {}\n", side_text(metric.next, metric));
  text +=
      fmt::format("  {} is better; the unit is the {}{}\n",
                  metric.higher_is_better ? "higher" : "lower", unit_of(metric),
                  metric.by_run ? "" : ", though starts of a job differ more than samples of one");
  text += fmt::format("  beside it: resampled {}; Mann and Whitney's p {:.3g}{}\n",
                      interval_text(metric.bootstrap), metric.ranks.p,
                      metric.by_run ? "" : ", which takes samples for independent");
  if (const std::string what = remedy(metric); !what.empty()) text += fmt::format("  {}\n", what);
  return text;
}

std::string headline(const NotCompared& one) {
  return fmt::format("{} {}: {} ({})", one.step, one.metric,
                     one.vanished ? verdict_name(Verdict::Inconclusive) : "not compared", one.why);
}

std::string text_of(const Comparison& all) {
  std::string text = fmt::format("base {}\nnew  {}\n", join(all.base, ", "), join(all.next, ", "));
  if (all.differences.empty()) text += "the plans are the same\n";
  for (const PlanDifference& difference : all.differences)
    text += fmt::format("differs: {}{}: {} -> {}\n",
                        difference.step.empty() ? "" : difference.step + " ", difference.what,
                        or_none(difference.base), or_none(difference.next));
  for (const MetricComparison& metric : all.metrics) text += metric_text(metric, all.threshold);
  for (const NotCompared& one : all.left_out) text += headline(one) + "\n";
  return text;
}

std::string markdown_of(const Comparison& all) {
  const auto code = [](const std::vector<std::string>& names) {
    return replace_char(join(names, ", "), '`', '\'');
  };
  std::string text = fmt::format("`{}` against `{}`, threshold {}\n\n", code(all.next),
                                 code(all.base), percent(all.threshold));
  if (!all.differences.empty()) text += "| differs | base | new |\n| --- | --- | --- |\n";
  for (const PlanDifference& difference : all.differences)
    text += fmt::format("| {} {} | {} | {} |\n", table_cell(difference.step),
                        table_cell(difference.what), table_cell(or_none(difference.base)),
                        table_cell(or_none(difference.next)));
  if (!all.differences.empty()) text += "\n";
  text +=
      "| figure | base | new | change | 95 % interval | unit | verdict |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const MetricComparison& metric : all.metrics)
    text +=
        fmt::format("| {} {} | {} {} | {} {} | {} | {} | {} | {} |\n", table_cell(metric.step),
                    table_cell(metric.metric), number(metric.base.mean), table_cell(metric.unit),
                    number(metric.next.mean), table_cell(metric.unit), change_text(metric.ratio),
                    interval_text(metric), unit_of(metric), verdict_name(metric.verdict));
  for (const NotCompared& one : all.left_out) text += "\n" + table_cell(headline(one)) + "\n";
  return text;
}

Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

Json side_json(const ComparedSide& side) {
  return {{"n", side.n}, {"mean", side.mean}, {"effective_n", side.effective_n}};
}

std::string json_of(const Comparison& all) {
  Json differences = Json::array();
  for (const PlanDifference& difference : all.differences)
    differences.push_back(
        {{"step", difference.step.empty() ? Json(nullptr) : Json(difference.step)},
         {"what", difference.what},
         {"base", difference.base},
         {"new", difference.next}});
  Json metrics = Json::array();
  for (const MetricComparison& metric : all.metrics)
    metrics.push_back(
        {{"step", metric.step},
         {"name", metric.metric},
         {"unit", metric.unit},
         {"better", metric.higher_is_better ? "higher" : "lower"},
         {"by", unit_of(metric)},
         {"base", side_json(metric.base)},
         {"new", side_json(metric.next)},
         {"ratio", metric.ratio},
         {"interval", interval_json(metric.interval)},
         {"bootstrap", interval_json(metric.bootstrap)},
         {"mann_whitney",
          {{"u", metric.ranks.u}, {"p", metric.ranks.p}, {"exact", metric.ranks.exact}}},
         {"verdict", verdict_name(metric.verdict)}});
  Json left_out = Json::array();
  for (const NotCompared& one : all.left_out)
    left_out.push_back({{"step", one.step},
                        {"name", one.metric},
                        {"why", one.why},
                        {"verdict", one.vanished ? Json("inconclusive") : Json(nullptr)}});
  const Json json = {
      {"schema", "ipucnn.compare/1"}, {"base", all.base},           {"new", all.next},
      {"threshold", all.threshold},   {"differences", differences}, {"metrics", metrics},
      {"not_compared", left_out}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string junit_of(const Comparison& all) {
  std::vector<TestCase> cases;
  for (const MetricComparison& metric : all.metrics) {
    TestCase test{metric.step + " " + metric.metric};
    if (metric.verdict == Verdict::Regressed)
      test.failures.push_back(
          {"regressed", headline(metric, all.threshold), metric_text(metric, all.threshold)});
    else
      test.output = metric_text(metric, all.threshold);
    cases.push_back(std::move(test));
  }
  for (const NotCompared& one : all.left_out) {
    TestCase& test = cases.emplace_back(TestCase{one.step + " " + one.metric});
    test.output = headline(one) + "\n";
  }
  return junit_text("ipucnn compare", "ipucnn.compare", cases);
}

std::string github_of(const Comparison& all) {
  std::string text;
  for (const MetricComparison& metric : all.metrics)
    text += github_text(metric.verdict == Verdict::Regressed ? Severity::Error : Severity::Note,
                        fmt::format("{} {}", metric.metric, verdict_name(metric.verdict)),
                        headline(metric, all.threshold));
  for (const NotCompared& one : all.left_out)
    text += github_text(Severity::Note, one.metric + " is not compared", headline(one));
  return text;
}

/// With names that neither move a cursor nor break a line.
Comparison with_printable_names(Comparison all) {
  for (auto* side : {&all.base, &all.next})
    for (std::string& name : *side) name = printable(name);
  for (PlanDifference& difference : all.differences)
    for (std::string* text :
         {&difference.step, &difference.what, &difference.base, &difference.next})
      *text = printable(*text);
  for (MetricComparison& metric : all.metrics)
    for (std::string* text : {&metric.step, &metric.metric, &metric.unit}) *text = printable(*text);
  for (NotCompared& one : all.left_out)
    for (std::string* text : {&one.step, &one.metric, &one.why}) *text = printable(*text);
  return all;
}

}  // namespace

std::string comparison_text(const Comparison& comparison, std::string_view format) {
  if (format == "json") return json_of(comparison);
  const Comparison all = with_printable_names(comparison);
  if (format == "text") return text_of(all);
  if (format == "markdown") return markdown_of(all);
  if (format == "junit") return junit_of(all);
  return format == "github" ? github_of(all) : "";
}

}  // namespace ipucnn
