// Reports as tables: csv for spreadsheets, markdown for documents.
#include <fmt/format.h>

#include "base/escape.h"
#include "base/text.h"
#include "ipucnn/report.h"
#include "report/format.h"
#include "report/scaling.h"

namespace ipucnn {
namespace {

using namespace reporting;  // NOLINT(google-build-using-namespace)

std::string csv_number(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

std::string names_of(const std::vector<Doubt>& doubts) {
  std::vector<std::string> names;
  for (const Doubt& doubt : doubts) names.emplace_back(doubt.name);
  return join(names, " ");
}

std::string csv_row(const StepReport& step, const MetricPattern& metric, const Series& series) {
  const Summary s = summarize(metric, series);
  const auto bound = [&](double Interval::*end) {
    return s.interval ? std::optional<double>((*s.interval).*end) : std::nullopt;
  };
  std::vector<Doubt> doubts = doubts_of(metric, series, s, step.expected);
  const std::vector<Doubt> of_log = doubts_of_step(step);
  doubts.insert(doubts.end(), of_log.begin(), of_log.end());
  const std::vector<std::string> cells = {
      step.run,
      step.step,
      std::to_string(step.number),
      step.label.value_or(""),
      metric.name,
      metric.unit,
      std::to_string(s.n),
      csv_number(s.mean),
      csv_number(s.median),
      csv_number(s.min),
      csv_number(s.max),
      csv_number(last_of(s)),
      csv_number(s.stddev),
      csv_number(bound(&Interval::low)),
      csv_number(bound(&Interval::high)),
      csv_number(s.dependence ? std::optional<double>(s.dependence->effective_n) : std::nullopt),
      csv_number(s.over_time),
      std::to_string(s.discarded.size()),
      std::to_string(series.unreadable),
      names_of(doubts)};
  std::vector<std::string> fields;
  for (const std::string& cell : cells) fields.push_back(csv_field(cell));
  return join(fields, ",") + "\n";
}

std::string or_dash(const std::optional<double>& value) { return value ? number(*value) : "-"; }

std::string markdown_row(const MetricPattern& metric, const Summary& s) {
  const std::string interval =
      s.interval ? fmt::format("{} to {}", number(s.interval->low), number(s.interval->high)) : "-";
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", table_cell(metric.name),
                     table_cell(metric.unit), s.n, or_dash(s.mean), interval, or_dash(s.median),
                     or_dash(s.min), or_dash(s.max), or_dash(last_of(s)));
}

std::string checkpoint_rows_text(const Measurement& measured, std::size_t index) {
  const MetricPattern& metric = measured.metrics()[index];
  const auto rows = checkpoint_rows(measured, index);
  if (rows.empty()) return "";
  std::string text = fmt::format("\n| checkpoint | {}, {} | |\n| --: | --: | --- |\n",
                                 table_cell(metric.name), table_cell(metric.unit));
  for (const CheckpointRow& row : rows)
    text += fmt::format("| {} | {} | {} |\n", row.at ? fmt::format("{}", *row.at) : "-",
                        number(row.value), row.best ? "best" : "");
  return text;
}

}  // namespace

std::string report_csv(const std::vector<StepReport>& steps) {
  std::string text =
      "run,step,try,label,metric,unit,n,mean,median,min,max,last,stddev,interval_low,"
      "interval_high,effective_n,over_time,discarded,unreadable,doubts\n";
  for (const StepReport& step : steps)
    for (std::size_t i = 0; i < step.measured.metrics().size(); ++i)
      if (const Series series = step.measured.series(i); series.printed())
        text += csv_row(step, step.measured.metrics()[i], series);
  return text;
}

std::string report_markdown(const std::vector<StepReport>& steps) {
  std::string text;
  for (const StepReport& step : steps) {
    text += fmt::format("{}### {} {}: {}{}\n\n", text.empty() ? "" : "\n", table_cell(step.run),
                        table_cell(step.step),
                        step.state.empty() ? "no end is recorded" : table_cell(step.state),
                        step.label ? " (" + table_cell(*step.label) + ")" : "");
    text +=
        "| figure | unit | n | mean | 95 % interval | median | lowest | highest | last |\n"
        "| --- | --- | --: | --: | --- | --: | --: | --: | --: |\n";
    std::string tables;
    std::string doubts;
    for (std::size_t i = 0; i < step.measured.metrics().size(); ++i) {
      const MetricPattern& metric = step.measured.metrics()[i];
      const Series series = step.measured.series(i);
      if (!series.printed()) continue;
      const Summary summary = summarize(metric, series);
      text += markdown_row(metric, summary);
      tables += checkpoint_rows_text(step.measured, i);
      for (const Doubt& doubt : doubts_of(metric, series, summary, step.expected))
        doubts += fmt::format("- {} is doubtful: {} ({}): {}\n", table_cell(metric.name),
                              table_cell(doubt.says), doubt.name, doubt.remedy);
    }
    for (const Doubt& doubt : doubts_of_step(step))
      doubts += fmt::format("- {} ({}): {}\n", table_cell(doubt.says), doubt.name, doubt.remedy);
    text += tables + (doubts.empty() ? "" : "\n" + doubts);
  }
  return text + scaling_markdown(scalings_of(steps));
}

}  // namespace ipucnn
