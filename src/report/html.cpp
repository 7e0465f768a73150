// One file that needs nothing else: no script, no network.
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text.h"
#include "ipucnn/report.h"
#include "report/format.h"
#include "report/svg.h"

namespace ipucnn {
namespace {

using namespace reporting;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --soft: #57606a; --line: #d0d7de;
  --c0: #0072b2; --c1: #d55e00; --c2: #00805b; --c3: #b0428b; --c4: #8a6d00; --c5: #3a86c8;
  --c6: #6a3d9a; --c7: #8c564b; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6edf3; --bg: #0d1117; --soft: #9da7b1;
  --line: #30363d; --c0: #58a6e8; --c1: #ff8c42; --c2: #3fc79a; --c3: #e884c4; --c4: #d8b13a;
  --c5: #8cc8ff; --c6: #b392f0; --c7: #c99b8f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); margin: 0 auto;
  padding: 1rem; max-width: 88rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.label { fill: var(--soft); } .tick { fill: var(--soft); } svg { width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; } .grid { stroke: var(--line); stroke-width: .7; }
.axis { stroke: var(--soft); } .curve path { fill: none; stroke-width: 1.3; stroke: currentColor; }
.curve .dot { fill: currentColor; } .curve .left-out { fill: var(--bg); stroke: currentColor; }
.many { color: var(--soft); opacity: .45; } .mean { stroke: var(--fg); stroke-dasharray: 5 3; }
.band { fill: var(--soft); opacity: .18; } .bar { fill: var(--c0); }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
.c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
.doubt { border-left: 3px solid var(--c1); padding-left: .7rem; } .note { color: var(--soft); }
code { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
)";

std::string cell(const std::optional<double>& value) {
  return fmt::format("<td class=\"n\">{}</td>", value ? number(*value) : "-");
}

std::string figure_row(const MetricPattern& metric, const Summary& s) {
  const std::string interval =
      s.interval ? fmt::format("{} to {}", number(s.interval->low), number(s.interval->high)) : "-";
  return fmt::format(
      "<tr><th>{}</th><td>{}</td><td class=\"n\">{}</td>{}<td class=\"n\">{}</td>{}{}{}{}</tr>\n",
      markup_text(metric.name), markup_text(metric.unit), s.n, cell(s.mean), interval,
      cell(s.median), cell(s.min), cell(s.max), cell(last_of(s)));
}

std::vector<Curve> curves_of(const Series& series, const Summary& summary) {
  std::vector<Curve> curves;
  for (const auto& [instance, values] : series.per_instance) {
    Curve curve{fmt::format("instance {}", instance), {}};
    for (std::size_t i = 0; i < values.size(); ++i)
      curve.dots.push_back({static_cast<double>(i + 1), values[i]});
    for (const Discarded& out : summary.discarded)
      if (out.instance == instance) curve.dots[out.index].counts = false;
    curves.push_back(std::move(curve));
  }
  return curves;
}

std::string pictures(const MetricPattern& metric, const Series& series, const Summary& summary) {
  std::size_t most = 0;
  for (const auto& [instance, values] : series.per_instance) most = std::max(most, values.size());
  if (most < 2) return "";
  Picture picture;
  picture.title = metric.name + " by instance, in the order of printing";
  picture.x_label = "value";
  picture.y_label = metric.name + (metric.unit == "1" ? "" : ", " + metric.unit);
  picture.curves = curves_of(series, summary);
  // The mean of a sum over processes lies elsewhere than their own values.
  if (metric.covers_all || series.per_instance.size() == 1) {
    picture.level = summary.mean;
    picture.band = summary.interval;
  }
  std::string text = curves_svg(picture);
  constexpr std::size_t kWorthAPicture = 8;
  if (!metric.is_state() && summary.n >= kWorthAPicture)
    text += histogram_svg("distribution of " + metric.name,
                          metric.name + (metric.unit == "1" ? "" : ", " + metric.unit),
                          summary.samples);
  return text;
}

std::string checkpoints(const Measurement& measured, std::size_t index) {
  const MetricPattern& metric = measured.metrics()[index];
  const auto rows = checkpoint_rows(measured, index);
  if (rows.empty()) return "";
  std::string text = fmt::format(
      "<table><tr><th class=\"n\">checkpoint</th><th class=\"n\">{}{}</th><th></th></tr>\n",
      markup_text(metric.name), markup_text(unit_text(metric)));
  for (const CheckpointRow& row : rows)
    text += fmt::format("<tr><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
                        row.at ? fmt::format("{}", *row.at) : "-", number(row.value),
                        row.best ? "best" : "");
  return text + "</table>\n";
}

std::string doubt_list(const std::vector<Doubt>& doubts, const std::string& about) {
  std::string text;
  for (const Doubt& doubt : doubts)
    text += fmt::format("<p class=\"doubt\">{}: {} (<code>{}</code>): {}</p>\n", markup_text(about),
                        markup_text(doubt.says), doubt.name, markup_text(doubt.remedy));
  return text;
}

std::string plan_table(const StepReport& step) {
  if (step.plan.empty()) return "";
  std::string text = "<details><summary>plan</summary><table>\n";
  for (const auto& [name, value] : step.plan)
    text += fmt::format("<tr><th>{}</th><td><code>{}</code></td></tr>\n", markup_text(name),
                        markup_text(value));
  return text + "</table></details>\n";
}

std::string step_html(const StepReport& step) {
  std::string rows;
  std::string rest;
  std::vector<std::string> not_printed;
  for (std::size_t i = 0; i < step.measured.metrics().size(); ++i) {
    const MetricPattern& metric = step.measured.metrics()[i];
    const Series series = step.measured.series(i);
    if (series.per_instance.empty() && series.unreadable == 0) {
      not_printed.push_back(metric.name);
      continue;
    }
    const Summary summary = summarize(metric, series);
    rows += figure_row(metric, summary);
    const std::string own =
        doubt_list(doubts_of(metric, series, summary, step.expected), metric.name) +
        checkpoints(step.measured, i) + pictures(metric, series, summary);
    const std::string out = left_out(metric, series, summary);
    if (!own.empty() || !out.empty())
      rest += fmt::format(
          "<h3>{}</h3>\n{}{}", markup_text(metric.name),
          out.empty() ? "" : fmt::format("<p class=\"note\">left out: {}</p>\n", markup_text(out)),
          own);
  }
  std::string text = fmt::format(
      "<section>\n<h2>{} {}: {}{}</h2>\n", markup_text(step.run), markup_text(step.step),
      step.state.empty() ? "no end is recorded" : markup_text(step.state),
      step.label ? " (" + markup_text(*step.label) + ")" : "");
  if (step.label)
    text +=
        fmt::format("<p class=\"doubt\">{}: none of these figures was measured on a machine</p>\n",
                    markup_text(*step.label));
  text +=
      "<div class=\"scroll\"><table><tr><th>figure</th><th>unit</th><th class=\"n\">n</th>"
      "<th class=\"n\">mean</th><th class=\"n\">95 % interval</th><th class=\"n\">median</th>"
      "<th class=\"n\">lowest</th><th class=\"n\">highest</th><th class=\"n\">last</th></tr>\n" +
      rows + "</table></div>\n";
  if (!not_printed.empty())
    text += fmt::format("<p class=\"note\">not printed: {}</p>\n",
                        markup_text(join(not_printed, ", ")));
  return text + doubt_list(doubts_of(step.lines), "lines") + rest + plan_table(step) +
         "</section>\n";
}

}  // namespace

std::string report_html(const std::vector<StepReport>& steps) {
  std::string runs;
  std::vector<std::string> names;
  for (const StepReport& step : steps) {
    runs += step_html(step);
    if (std::find(names.begin(), names.end(), step.run) == names.end()) names.push_back(step.run);
  }
  const std::string title = markup_text(join(names, ", "));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{1}</style>\n"
      "</head>\n<body>\n<h1>{0}</h1>\n<div class=\"runs\">\n{2}</div>\n</body>\n</html>\n",
      title, kStyle, runs);
}

}  // namespace ipucnn
