// The table of a campaign, and the same for programs.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/escape.h"
#include "base/json_value.h"
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
  return size >= kLarge               ? fmt::format("{:.1f}", value)
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

std::vector<Row> campaigning::rows_of(const std::vector<CaseResult>& results, bool old_tool) {
  const bool bounds = std::any_of(results.begin(), results.end(), [](const CaseResult& result) {
    return std::any_of(
        result.figures.begin(), result.figures.end(),
        [](const FigureResult& figure) { return figure.fulfilment != Fulfilment::None; });
  });
  Row head = {"job", "state", "figure", "n", "value", "95 % interval", "unit"};
  if (old_tool) head.emplace_back("examples_utils");
  if (bounds) head.emplace_back("expected");
  std::vector<Row> rows = {head};
  for (const CaseResult& result : results) {
    bool first = true;
    for (const FigureResult& figure : result.figures) {
      Row row = {first ? result.name : "",
                 first ? result.state() : "",
                 figure_name(figure),
                 n_text(figure),
                 value_text(figure),
                 interval_text(figure),
                 figure.unit};
      if (old_tool) row.push_back(old_text(figure));
      if (bounds) row.push_back(fulfilment_text(figure));
      rows.push_back(std::move(row));
      first = false;
    }
    if (!first) continue;
    Row row = {result.name, result.state()};
    row.resize(head.size());
    rows.push_back(std::move(row));
  }
  return rows;
}

namespace {

std::string aligned(const std::vector<Row>& rows) {
  Table table(rows.front());
  for (std::size_t r = 1; r < rows.size(); ++r) {
    Row row;
    for (const std::string& cell : rows[r]) row.push_back(printable(cell));
    table.add(std::move(row));
  }
  return table.text();
}

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

std::string campaigning::troubles_text(const std::vector<CaseResult>& results) {
  std::string text;
  for (const CaseResult& result : results) {
    if (!result.refusal.empty())
      text += fmt::format("{}: not run: {}\n", printable(result.name), printable(result.refusal));
    for (std::size_t i = 0; i < result.starts.size(); ++i)
      if (is_over_and_not_done(result.starts[i]))
        text += fmt::format("{}{}: {}\n", printable(result.name),
                            result.starts.size() > 1 ? fmt::format(", start {}", i + 1) : "",
                            printable(trouble_text(result.starts[i])));
  }
  return text;
}

std::string campaigning::labels_text(const std::vector<CaseResult>& results) {
  for (const CaseResult& result : results)
    if (result.label)
      return fmt::format("{}: none of these figures was measured on a machine\n", *result.label);
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
          {"fulfilment", fulfilment_name(figure.fulfilment)}};
}

}  // namespace

std::string_view fulfilment_name(Fulfilment fulfilment) {
  constexpr std::string_view kNames[] = {"none", "met", "missed", "inconclusive"};
  return kNames[static_cast<std::size_t>(fulfilment)];
}

std::string campaign_text(const std::vector<CaseResult>& results, bool old_tool) {
  return aligned(rows_of(results, old_tool)) + troubles_text(results) + labels_text(results);
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
  return {{"name", result.name},
          {"state", result.state()},
          {"refusal", result.refusal.empty() ? Json(nullptr) : Json(result.refusal)},
          {"label", or_null(result.label)},
          {"starts", std::move(starts)},
          {"figures", std::move(figures)}};
}

}  // namespace

/// One case at a time: of ten thousand the whole tree would take more than everything else.
std::string campaign_json(const std::vector<CaseResult>& results, const std::string& name) {
  const auto text_of = [](const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
  };
  std::string text = fmt::format(
      "{{\n  \"schema\": \"ipucnn.bench/1\",\n  \"name\": {},\n  \"jobs\": [", text_of(name, -1));
  for (const CaseResult& result : results) {
    text += &result == &results.front() ? "\n    " : ",\n    ";
    for (const char c : text_of(case_json(result), 2)) {
      text += c;
      if (c == '\n') text += "    ";
    }
  }
  return text + (results.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

std::string campaign_csv(const std::vector<CaseResult>& results) {
  std::string text =
      "job,state,label,step,metric,what,unit,n,by,value,interval_low,interval_high,"
      "as_examples_utils,fulfilment\n";
  const auto cell = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  };
  const auto add = [&](const CaseResult& result, const FigureResult& figure) {
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
               std::string(fulfilment_name(figure.fulfilment))};
    for (std::string& field : row) field = csv_field(field);
    text += join(row, ",") + "\n";
  };
  for (const CaseResult& result : results) {
    for (const FigureResult& figure : result.figures) add(result, figure);
    if (result.figures.empty()) add(result, {});
  }
  return text;
}

std::string campaign_junit(const std::vector<CaseResult>& results) {
  std::vector<TestCase> cases;
  for (const CaseResult& result : results) {
    TestCase test{result.name};
    if (!result.refusal.empty())
      test.failures.push_back({"illegal", result.refusal, result.refusal});
    for (const StartResult& start : result.starts)
      if (is_over_and_not_done(start))
        test.failures.push_back({start.state, trouble_text(start), trouble_text(start)});
    for (const FigureResult& figure : result.figures) {
      const std::string line =
          fmt::format("{} {} {}, 95 % interval {} {}", figure_name(figure), value_text(figure),
                      figure.unit, interval_text(figure), fulfilment_text(figure));
      if (figure.fulfilment == Fulfilment::Missed)
        test.failures.push_back({"missed", line, line});
      else
        test.output += line + "\n";
    }
    cases.push_back(std::move(test));
  }
  return junit_text("ipucnn bench", "ipucnn.bench", cases);
}

std::string campaign_markdown(const std::vector<CaseResult>& results, bool old_tool) {
  std::string text;
  for (const Row& row : rows_of(results, old_tool)) {
    Row cells;
    for (const std::string& cell : row) cells.push_back(table_cell(cell));
    const bool head = text.empty();
    text += "| " + join(cells, " | ") + " |\n";
    if (!head) continue;
    for (std::size_t i = 0; i < row.size(); ++i) text += "| --- ";
    text += "|\n";
  }
  const std::string below = troubles_text(results) + labels_text(results);
  return below.empty() ? text : text + "\n```text\n" + below + "```\n";
}

}  // namespace ipucnn
