// One file that needs nothing else: no script, no network.
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text.h"
#include "ipucnn/html_page.h"
#include "ipucnn/pictures.h"
#include "ipucnn/report.h"
#include "report/format.h"
#include "report/sample_times.h"
#include "report/scaling.h"
#include "report/side_by_side.h"
#include "report/witness.h"

namespace ipucnn {
namespace {

using namespace reporting;  // NOLINT(google-build-using-namespace)

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

/// By the seconds at which they were printed, or in the order of printing.
std::vector<Curve> curves_of(const Series& series, const Summary& summary,
                             const InstanceSeconds* seconds) {
  std::vector<Curve> curves;
  for (const auto& [instance, values] : series.per_instance) {
    Curve curve{fmt::format("instance {}", instance), {}};
    for (std::size_t i = 0; i < values.size(); ++i)
      curve.dots.push_back(
          {seconds != nullptr ? seconds->at(instance)[i] : static_cast<double>(i + 1), values[i]});
    for (const Discarded& out : summary.discarded)
      if (out.instance == instance) curve.dots[out.index].counts = false;
    std::stable_sort(curve.dots.begin(), curve.dots.end(),
                     [](const Dot& a, const Dot& b) { return a.x < b.x; });
    curves.push_back(std::move(curve));
  }
  return curves;
}

std::string pictures(const StepReport& step, std::size_t index, const Series& series,
                     const Summary& summary) {
  const MetricPattern& metric = step.measured.metrics()[index];
  std::size_t most = 0;
  for (const auto& [instance, values] : series.per_instance) most = std::max(most, values.size());
  if (most < 2) return "";
  Picture picture;
  picture.title = metric.name + " by instance";
  const bool timed = index < step.seconds.size() && tell_apart(step.seconds[index], series);
  picture.x_label = timed ? "seconds since the start" : "value, in the order of printing";
  if (timed)
    for (const SeenPhase& phase : step.phases) picture.phases.emplace_back(phase.name, phase.began);
  picture.y_label = metric.name + (metric.unit == "1" ? "" : ", " + metric.unit);
  picture.curves = curves_of(series, summary, timed ? &step.seconds[index] : nullptr);
  // The mean of a sum over processes lies elsewhere than their own values.
  if (metric.covers_all || series.per_instance.size() == 1) {
    picture.level = summary.mean;
    picture.band = summary.interval;
  }
  std::string text = curves_figure(picture);
  constexpr std::size_t kWorthAPicture = 8;
  if (!metric.is_state() && summary.n >= kWorthAPicture)
    text += histogram_figure("distribution of " + metric.name,
                             metric.name + (metric.unit == "1" ? "" : ", " + metric.unit),
                             summary.samples);
  return "<div class=\"pictures\">\n" + text + "</div>\n";
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

std::string facts_table(const char* title,
                        const std::vector<std::pair<std::string, std::string>>& facts) {
  if (facts.empty()) return "";
  std::string text = fmt::format("<details><summary>{}</summary><table>\n", title);
  for (const auto& [name, value] : facts)
    text += fmt::format("<tr><th>{}</th><td><code class=\"lines\">{}</code></td></tr>\n",
                        markup_text(name), markup_text(value));
  return text + "</table></details>\n";
}

/// Which run and step it is, and how that ended.
std::string heading(const StepReport& step) {
  if (step.command.empty()) return step.run;  // a bare log: nothing is known but its lines
  return fmt::format("{} {}: {}{}", step.run, step.step,
                     step.state.empty() ? "no end is recorded" : step.state,
                     step.label ? " (" + *step.label + ")" : "");
}

/// When its phases began, and what it told of troubles.
std::string course_of(const StepReport& step) {
  std::string text;
  for (const SeenPhase& phase : step.phases)
    text += fmt::format("{}{} from {:.1f} s", text.empty() ? "" : ", ", markup_text(phase.name),
                        phase.began);
  if (!text.empty()) text = "<p class=\"note\">phases: " + text + "</p>\n";
  for (const std::string& line : step.messages)
    text += fmt::format("<p class=\"doubt\">printed: <code>{}</code></p>\n", markup_text(line));
  return text;
}

std::string step_html(const StepReport& step) {
  std::string rows;
  std::string rest;
  std::vector<std::string> not_printed;
  for (std::size_t i = 0; i < step.measured.metrics().size(); ++i) {
    if (step.measured.is_hidden(i)) continue;
    const MetricPattern& metric = step.measured.metrics()[i];
    const Series series = step.measured.series(i);
    if (!series.printed()) {
      not_printed.push_back(metric.name);
      continue;
    }
    const Summary summary = summarize(metric, series);
    rows += figure_row(metric, summary);
    const std::string own =
        doubt_list(doubts_of(metric, series, summary, step.expected), metric.name) +
        checkpoints(step.measured, i) + pictures(step, i, series, summary);
    const bool wide = own.find("</figure>\n<figure") != own.npos;
    const std::string out = left_out(metric, series, summary);
    if (!own.empty() || !out.empty())
      rest += fmt::format(
          "<div{}>\n<h3>{}</h3>\n{}{}</div>\n", wide ? " class=\"wide\"" : "",
          markup_text(metric.name),
          out.empty() ? "" : fmt::format("<p class=\"note\">left out: {}</p>\n", markup_text(out)),
          own);
  }
  std::string text = fmt::format("<section>\n<h2>{}</h2>\n", markup_text(heading(step)));
  if (step.label)
    text += fmt::format("<p class=\"doubt\">{}</p>\n", markup_text(label_text(*step.label)));
  text += course_of(step);
  text +=
      "<div class=\"scroll\"><table><tr><th>figure</th><th>unit</th><th class=\"n\">n</th>"
      "<th class=\"n\">mean</th><th class=\"n\">95 % interval</th><th class=\"n\">median</th>"
      "<th class=\"n\">lowest</th><th class=\"n\">highest</th><th class=\"n\">last</th></tr>\n" +
      rows + "</table></div>\n";
  if (!not_printed.empty())
    text += fmt::format("<p class=\"note\">not printed: {}</p>\n",
                        markup_text(join(not_printed, ", ")));
  return text + doubt_list(doubts_of_step(step), "lines") + "<div class=\"metrics\">\n" + rest +
         "</div>\n" + facts_table("plan", step.plan) +
         facts_table("environment", step.environment) + "</section>\n";
}

}  // namespace

std::string report_html(const std::vector<StepReport>& steps) {
  std::string runs;
  std::vector<std::string> names;
  for (const StepReport& step : steps) {
    runs += step_html(step);
    if (std::find(names.begin(), names.end(), step.run) == names.end()) names.push_back(step.run);
  }
  return page(join(names, ", "), scaling_html(scalings_of(steps)) + side_by_side_html(steps) +
                                     "<div class=\"runs\">\n" + runs + "</div>\n");
}

}  // namespace ipucnn
