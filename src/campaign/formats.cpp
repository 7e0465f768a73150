// The table of a campaign, and the same for programs.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/escape.h"
#include "base/json_value.h"
#include "base/number_text.h"
#include "base/table.h"
#include "base/text.h"
#include "campaign/parts.h"
#include "ipucnn/render.h"

namespace ipucnn {
namespace campaigning {

namespace {

/// One decimal for large figures, three for small ones.
std::string number(double value) {
  const double size = value < 0 ? -value : value;
  constexpr double kLarge = 100;
  constexpr double kTiny = 0.01;
  return size >= kLarge               ? fixed_text(value, 1)
         : size >= kTiny || size == 0 ? fmt::format("{:.3f}", value)
                                      : fmt::format("{:.4g}", value);
}

}  // namespace

std::string value_text(const FigureResult& figure) {
  return figure.value ? number(*figure.value) : "-";
}

std::string interval_text(const FigureResult& figure) {
  return figure.interval
             ? fmt::format("{} to {}", number(figure.interval->low), number(figure.interval->high))
             : "-";
}

std::string fulfilment_text(const FigureResult& figure) {
  switch (figure.fulfilment) {
    case Fulfilment::None:
      return "";
    case Fulfilment::Met:
      return fmt::format("met ({})", figure.expected);
    case Fulfilment::Missed:
      return fmt::format("MISSED ({})", figure.expected);
    case Fulfilment::Inconclusive:
      break;
  }
  return fmt::format("inconclusive ({})", figure.expected);
}

}  // namespace campaigning

namespace {

using namespace campaigning;  // NOLINT(google-build-using-namespace)
using Json = nlohmann::ordered_json;

std::string n_text(const FigureResult& figure) {
  return figure.by_run ? counted(static_cast<std::int64_t>(figure.n), "start")
                       : std::to_string(figure.n);
}

std::string old_text(const FigureResult& figure) {
  return figure.old ? fmt::format("{}", *figure.old) : "-";
}

}  // namespace

std::string campaigning::figure_name(const FigureResult& figure) {
  return figure.what == "mean" || figure.what == "derived"
             ? figure.metric
             : fmt::format("{} ({})", figure.metric, figure.what);
}

Columns campaigning::columns_of(const CampaignResults& results, bool old_tool) {
  const auto has_bound = [](const FigureResult& figure) {
    return figure.fulfilment != Fulfilment::None;
  };
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CaseResult result = results.at(i);
    if (std::any_of(result.figures.begin(), result.figures.end(), has_bound))
      return {old_tool, true};
  }
  return {old_tool, false};
}

Row campaigning::head_of(Columns columns) {
  Row head = {"job", "state", "figure", "n", "value", "95 % interval", "unit"};
  if (columns.old_tool) head.emplace_back("examples_utils");
  if (columns.bounds) head.emplace_back("expected");
  return head;
}

std::vector<Row> campaigning::rows_of(const CaseResult& result, Columns columns) {
  std::vector<Row> rows;
  for (const FigureResult& figure : result.figures) {
    const bool first = rows.empty();
    Row row = {
        first ? result.name : "", first ? result.state() : "", figure_name(figure), n_text(figure),
        value_text(figure),       interval_text(figure),       figure.unit};
    if (columns.old_tool) row.push_back(old_text(figure));
    if (columns.bounds) row.push_back(fulfilment_text(figure));
    rows.push_back(std::move(row));
  }
  if (!rows.empty()) return rows;
  rows.push_back({result.name, result.state()});
  rows.back().resize(head_of(columns).size());
  return rows;
}

namespace {

/// Why a start has no figures: "failed in compile: exit status 1 (acquire: Failed to acquire ..)".
std::string trouble_text(const StartResult& start) {
  std::string text = start.state;
  if (!start.phase.empty()) text += " in " + start.phase;
  if (!start.reason.empty()) text += ": " + start.reason;
  for (std::size_t i = 0; i < start.messages.size(); ++i)
    text += fmt::format("{}{}: {}{}", i == 0 ? " (" : ", ", printable(start.messages[i]),
                        printable(start.lines[i]), i + 1 == start.messages.size() ? ")" : "");
  if (!start.run.empty()) text += fmt::format("; its logs are in {}", start.run);
  return text;
}

bool is_over_and_not_done(const StartResult& start) {
  return start.state != "done" && start.state != "waiting";
}

}  // namespace

std::string campaigning::troubles_text(const CaseResult& result) {
  std::string text;
  if (!result.refusal.empty())
    text += fmt::format("{}: not run: {}\n", printable(result.name), printable(result.refusal));
  for (std::size_t i = 0; i < result.starts.size(); ++i)
    if (is_over_and_not_done(result.starts[i]))
      text += fmt::format("{}{}: {}\n", printable(result.name),
                          result.starts.size() > 1 ? fmt::format(", start {}", i + 1) : "",
                          printable(trouble_text(result.starts[i])));
  for (const FigureResult& figure : result.figures)
    if (!figure.missing.empty())
      text += fmt::format("{}: {}\n", printable(result.name), printable(figure.missing));
  for (const CaseDoubt& doubt : result.doubts)
    text += fmt::format("{}{}: doubt ({}): {}\n", printable(result.name),
                        doubt.metric.empty() ? "" : " " + printable(doubt.metric), doubt.name,
                        printable(doubt.says));
  return text;
}

std::string campaigning::labels_text(const CampaignResults& results) {
  for (std::size_t i = 0; i < results.size(); ++i)
    if (const auto label = results.at(i).label)
      return fmt::format("{}: none of these figures was measured on a machine\n", *label);
  return {};
}

namespace {

Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

Json figure_json(const FigureResult& figure) {
  return {{"step", figure.step.empty() ? Json(nullptr) : Json(figure.step)},
          {"metric", figure.metric},
          {"unit", figure.unit},
          {"what", figure.what},
          {"n", figure.n},
          {"by", figure.by_run ? "run" : "sample"},
          {"value", or_null(figure.value)},
          {"interval", interval_json(figure.interval)},
          {"as_examples_utils", or_null(figure.old)},
          {"expected", figure.expected.empty() ? Json(nullptr) : Json(figure.expected)},
          {"fulfilment", fulfilment_name(figure.fulfilment)},
          {"missing", figure.missing.empty() ? Json(nullptr) : Json(figure.missing)}};
}

}  // namespace

std::string_view fulfilment_name(Fulfilment fulfilment) {
  constexpr std::string_view kNames[] = {"none", "met", "missed", "inconclusive"};
  return kNames[static_cast<std::size_t>(fulfilment)];
}

void campaign_text(const CampaignResults& results, bool old_tool, const TextSink& out) {
  const Columns columns = columns_of(results, old_tool);
  Table table(head_of(columns));
  for (std::size_t i = 0; i < results.size(); ++i)
    for (Row& row : rows_of(results.at(i), columns)) {
      for (std::string& cell : row) cell = printable(cell);
      table.add(std::move(row));
    }
  out(table.text());
  for (std::size_t i = 0; i < results.size(); ++i) out(troubles_text(results.at(i)));
  out(labels_text(results));
}

namespace {

Json case_json(const CaseResult& result) {
  Json starts = Json::array();
  for (const StartResult& start : result.starts)
    starts.push_back({{"state", start.state},
                      {"run", start.run.empty() ? Json(nullptr) : Json(start.run)},
                      {"phase", start.phase.empty() ? Json(nullptr) : Json(start.phase)},
                      {"reason", start.reason.empty() ? Json(nullptr) : Json(start.reason)},
                      {"messages", start.messages},
                      {"lines", start.lines}});
  Json figures = Json::array();
  for (const FigureResult& figure : result.figures) figures.push_back(figure_json(figure));
  Json doubts = Json::array();
  for (const CaseDoubt& doubt : result.doubts)
    doubts.push_back({{"metric", doubt.metric.empty() ? Json(nullptr) : Json(doubt.metric)},
                      {"name", doubt.name},
                      {"says", doubt.says}});
  return {{"name", result.name},
          {"state", result.state()},
          {"refusal", result.refusal.empty() ? Json(nullptr) : Json(result.refusal)},
          {"label", or_null(result.label)},
          {"starts", std::move(starts)},
          {"figures", std::move(figures)},
          {"doubts", std::move(doubts)}};
}

}  // namespace

/// One case at a time: of ten thousand the whole tree would take more than everything else.
void campaign_json(const CampaignResults& results, const std::string& name, const TextSink& out) {
  const auto text_of = [](const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
  };
  out(fmt::format("{{\n  \"schema\": \"ipucnn.bench/1\",\n  \"name\": {},\n  \"jobs\": [",
                  text_of(name, -1)));
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::string text = i == 0 ? "\n    " : ",\n    ";
    for (const char c : text_of(case_json(results.at(i)), 2)) {
      text += c;
      if (c == '\n') text += "    ";
    }
    out(text);
  }
  out(results.size() == 0 ? "]\n}\n" : "\n  ]\n}\n");
}

namespace {

std::string csv_row(const CaseResult& result, const FigureResult& figure) {
  const auto cell = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  };
  const auto bound = [&](double Interval::*end) {
    return figure.interval ? std::optional<double>((*figure.interval).*end) : std::nullopt;
  };
  Row row = {result.name,
             result.state(),
             result.label.value_or(""),
             figure.step,
             figure.metric,
             figure.what,
             figure.unit,
             std::to_string(figure.n),
             figure.by_run ? "run" : "sample",
             cell(figure.value),
             cell(bound(&Interval::low)),
             cell(bound(&Interval::high)),
             cell(figure.old),
             std::string(fulfilment_name(figure.fulfilment)),
             ""};
  for (const CaseDoubt& doubt : result.doubts)
    if (doubt.metric.empty() || doubt.metric == figure.metric)
      row.back() += (row.back().empty() ? "" : " ") + doubt.name;
  for (std::string& field : row) field = csv_field(field);
  return join(row, ",") + "\n";
}

TestCase test_case(const CaseResult& result) {
  TestCase test{result.name};
  if (!result.refusal.empty()) test.failures.push_back({"illegal", result.refusal, result.refusal});
  for (const StartResult& start : result.starts)
    if (is_over_and_not_done(start))
      test.failures.push_back({start.state, trouble_text(start), trouble_text(start)});
  const bool waits = result.state() == "waiting";
  if (waits && test.failures.empty()) test.skipped = "not every start of it was begun";
  for (const FigureResult& figure : result.figures) {
    const std::string line =
        fmt::format("{} {} {}, 95 % interval {} {}", figure_name(figure), value_text(figure),
                    figure.unit, interval_text(figure), fulfilment_text(figure));
    if (!figure.missing.empty())
      test.failures.push_back({"silent", figure.missing, figure.missing});
    else if (figure.fulfilment == Fulfilment::Missed)
      test.failures.push_back({"missed", line, line});
    else
      test.output += line + "\n";
  }
  return test;
}

}  // namespace

void campaign_csv(const CampaignResults& results, const TextSink& out) {
  out("job,state,label,step,metric,what,unit,n,by,value,interval_low,interval_high,"
      "as_examples_utils,fulfilment,doubts\n");
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CaseResult result = results.at(i);
    for (const FigureResult& figure : result.figures) out(csv_row(result, figure));
    if (result.figures.empty()) out(csv_row(result, {}));
  }
}

void campaign_junit(const CampaignResults& results, const TextSink& out) {
  junit_text(
      "ipucnn bench", "ipucnn.bench", results.size(),
      [&](std::size_t i) { return test_case(results.at(i)); }, out);
}

void campaign_markdown(const CampaignResults& results, bool old_tool, const TextSink& out) {
  const Columns columns = columns_of(results, old_tool);
  const auto line_of = [](Row row) {
    for (std::string& cell : row) cell = table_cell(cell);
    return "| " + join(row, " | ") + " |\n";
  };
  out(line_of(head_of(columns)));
  out("|" + join(Row(head_of(columns).size(), " --- "), "|") + "|\n");
  std::string below;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CaseResult result = results.at(i);
    for (const Row& row : rows_of(result, columns)) out(line_of(row));
    below += troubles_text(result);
  }
  below += labels_text(results);
  if (!below.empty()) out("\n```text\n" + below + "```\n");
}

void campaign_as(std::string_view format, const CampaignResults& results, const std::string& name,
                 bool old_tool, const TextSink& out) {
  if (format == "json") return campaign_json(results, name, out);
  if (format == "csv") return campaign_csv(results, out);
  if (format == "junit") return campaign_junit(results, out);
  if (format == "html") return campaign_html(results, name, old_tool, out);
  if (format == "markdown") return campaign_markdown(results, old_tool, out);
  campaign_text(results, old_tool, out);
}

}  // namespace ipucnn
