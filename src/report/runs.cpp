#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/json_value.h"
#include "base/number_text.h"
#include "base/terminal_width.h"
#include "base/text.h"
#include "ipucnn/report.h"

namespace ipucnn {
namespace {

using Json = nlohmann::ordered_json;

/// "1234.5 samples/s"; of checkpoints "72.10 % (best 72.30)".
std::string one_figure(const HeadlineFigure& figure) {
  if (figure.mean) return fmt::format("{} {}", fixed_text(*figure.mean, 1), figure.unit);
  std::string text = fmt::format("{} {}", fixed_text(*figure.last, 2), figure.unit);
  if (figure.best) text += fmt::format(" (best {})", fixed_text(*figure.best, 2));
  return text;
}

/// That of the last step that has one.
std::string figure_text(const KeptRecord& run) {
  for (auto it = run.figures.rbegin(); it != run.figures.rend(); ++it)
    if (it->mean || it->last) return one_figure(*it);
  return {};
}

std::string step_text(const KeptRecord& run) {
  if (!run.step) return {};
  return run.number > 1 ? fmt::format("{} (try {})", *run.step, run.number) : *run.step;
}

std::string what_text(const KeptRecord& run) {
  const std::string preset = run.chosen("preset").value_or("");
  return preset.empty() ? run.chosen("application").value_or("") : preset;
}

Json run_json(const KeptRecord& run) {
  Json json = {{"folder", run.folder},      {"state", run.state},
               {"goes_on", run.goes_on},    {"reason", or_null(run.reason)},
               {"step", or_null(run.step)}, {"try", run.number},
               {"name", or_null(run.name)}, {"notes", or_null(run.notes)},
               {"started", run.started},    {"ended", or_null(run.ended)}};
  if (!run.log_error.empty()) json["log_error"] = run.log_error;
  for (const auto& [name, value] : run.about) json[name] = value;
  Json figures = Json::array();
  for (const HeadlineFigure& figure : run.figures)
    figures.push_back({{"step", figure.step},
                       {"metric", figure.metric},
                       {"unit", figure.unit},
                       {"n", figure.n},
                       {"mean", or_null(figure.mean)},
                       {"last", or_null(figure.last)},
                       {"best", or_null(figure.best)}});
  json["figures"] = std::move(figures);
  json["origin"] = nullptr;
  if (const auto& origin = run.origin)
    json["origin"] = {
        {"how", origin->how}, {"run", origin->run}, {"checkpoint", or_null(origin->checkpoint)}};
  json["writer"] = {{"host", run.writer.host}, {"pid", run.writer.pid}};
  return json;
}

constexpr std::size_t kColumns = 6;
constexpr std::size_t kGap = 2;
constexpr std::size_t kStep = 2;
constexpr std::size_t kPreset = 3;
constexpr std::size_t kTarget = 4;
using RunLine = std::array<std::string, kColumns>;

/// Whether a column says the same in each row below the head, or a preset that the run's name
/// holds.
bool tells_nothing(const std::vector<RunLine>& rows, std::size_t column) {
  return std::all_of(rows.begin() + 1, rows.end(), [&](const RunLine& row) {
    return column == kPreset ? row.front().find(row.at(column)) != std::string::npos
                             : row.at(column) == rows.at(1).at(column);
  });
}

}  // namespace

std::string runs_text(const std::vector<KeptRecord>& runs, std::size_t width) {
  std::vector<RunLine> rows = {{"run", "state", "step", "preset", "target", "figure"}};
  for (const KeptRecord& run : runs)
    rows.push_back({run.folder_name, run.state, step_text(run), what_text(run),
                    run.chosen("target").value_or(""), figure_text(run)});
  std::array<std::size_t, kColumns> widths{};
  for (RunLine& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      row.at(i) = printable(row.at(i));
      widths.at(i) = std::max(widths.at(i), terminal_columns(row.at(i)) + kGap);
    }
  for (const std::size_t column : {kPreset, kTarget, kStep})
    if (width > 0 && std::accumulate(widths.begin(), widths.end(), std::size_t{0}) > width + kGap &&
        tells_nothing(rows, column))
      widths.at(column) = 0;
  std::string text;
  for (const RunLine& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      if (widths.at(i) > 0) line += padded(row.at(i), widths.at(i));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string runs_json(const std::vector<KeptRecord>& runs) {
  Json list = Json::array();
  for (const KeptRecord& run : runs) list.push_back(run_json(run));
  const Json json = {{"schema", "ipucnn.runs/1"}, {"runs", std::move(list)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string run_text(const KeptRecord& run) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<12} {}\n", name, printable(value));
  };
  add("folder", run.folder);
  add("name", run.name.value_or(""));
  add("notes", run.notes.value_or(""));
  add("state", run.state + (run.reason ? ": " + *run.reason : ""));
  add("doubt", run.log_error);
  add("step", step_text(run));
  for (const auto& [name, value] : run.about) add(name, value);
  add("started", run.started);
  add("ended", run.ended.value_or(""));
  for (const HeadlineFigure& figure : run.figures)
    add(figure.metric,
        figure.mean
            ? fmt::format("{}, the mean of {} in {}", one_figure(figure), figure.n, figure.step)
        : figure.last ? fmt::format("{}, of {} in {}", one_figure(figure), figure.n, figure.step)
                      : fmt::format("none in {}", figure.step));
  if (const auto& origin = run.origin)
    add("began as", origin->how + " of " + origin->run +
                        (origin->checkpoint ? ", from " + *origin->checkpoint : ""));
  add("written by", fmt::format("process {} on {}", run.writer.pid, run.writer.host));
  return text;
}

}  // namespace ipucnn
