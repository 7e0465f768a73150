#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/escape.h"
#include "base/json_value.h"
#include "base/terminal_width.h"
#include "base/text.h"
#include "ipucnn/history.h"
#include "ipucnn/html_page.h"
#include "ipucnn/pictures.h"
#include "report/format.h"

namespace ipucnn {
namespace {

using namespace reporting;  // NOLINT(google-build-using-namespace)
using Json = nlohmann::ordered_json;

std::string title_of(const History& history) {
  std::string text = fmt::format("{} {} {}", history.subject, history.step, history.metric);
  if (!history.target.empty()) text += " on " + history.target;
  if (!history.label.empty()) text += " (" + history.label + ")";
  return text;
}

/// "+1.20 %" of a level to the one before.
std::string change_of(const LevelChange& change) {
  return change_text(change.after / change.before);
}

const LevelChange* change_at(const History& history, std::size_t point) {
  for (const LevelChange& change : history.changes)
    if (change.at == point) return &change;
  return nullptr;
}

/// A run from which on the level is another one, for people; empty for the others.
std::string note_of(const History& history, std::size_t point) {
  const LevelChange* change = change_at(history, point);
  if (change == nullptr) return "";
  return fmt::format("level changes by {}: {} -> {}", change_of(*change), number(change->before),
                     number(change->after));
}

std::string text_of(const History& history) {
  constexpr std::size_t kWidth = 78;
  std::string text =
      fmt::format("{}, {}: {}\n", printable(title_of(history)), printable(history.unit),
                  counted(static_cast<std::int64_t>(history.points.size()), "run"));
  if (history.points.size() > 2)
    text += fmt::format("  {}\n", spark_line(history.values(), kWidth));
  std::size_t run_width = 3;
  std::size_t release_width = 7;
  for (const HistoryPoint& point : history.points) {
    run_width = std::max(run_width, terminal_columns(printable(point.run)));
    release_width = std::max(release_width, terminal_columns(printable(point.release)));
  }
  for (std::size_t i = 0; i < history.points.size(); ++i) {
    const HistoryPoint& point = history.points[i];
    std::string line = fmt::format("  {}  {}  {:>12}  {}", padded(printable(point.run), run_width),
                                   padded(printable(point.release), release_width),
                                   number(point.value), note_of(history, i));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

Json json_of(const History& history) {
  Json runs = Json::array();
  for (const HistoryPoint& point : history.points)
    runs.push_back({{"run", point.run},
                    {"started", point.started},
                    {"release", point.release.empty() ? Json(nullptr) : Json(point.release)},
                    {"n", point.n},
                    {"value", point.value}});
  Json changes = Json::array();
  for (const LevelChange& change : history.changes)
    changes.push_back({{"run", history.points[change.at].run},
                       {"index", change.at},
                       {"before", change.before},
                       {"after", change.after},
                       {"p", change.p}});
  const auto or_none = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  return {{"subject", history.subject},        {"step", history.step},
          {"metric", history.metric},          {"unit", history.unit},
          {"target", or_none(history.target)}, {"label", or_none(history.label)},
          {"runs", std::move(runs)},           {"changes", std::move(changes)}};
}

/// The levels between the changes, each a curve of its own, so that a step is seen as one.
std::vector<Curve> curves_of(const History& history) {
  std::vector<Curve> curves;
  for (std::size_t i = 0; i < history.points.size(); ++i) {
    if (i == 0 || change_at(history, i) != nullptr)
      curves.push_back({fmt::format("level {}", curves.size() + 1), {}});
    curves.back().dots.push_back({static_cast<double>(i + 1), history.points[i].value});
  }
  return curves;
}

std::string html_of(const History& history) {
  std::string text = fmt::format("<section>\n<h2>{}</h2>\n", markup_text(title_of(history)));
  if (history.points.size() > 1) {
    Picture picture;
    picture.title = title_of(history);
    picture.x_label = "run, in the order of their starts";
    picture.y_label = history.metric + ", " + history.unit;
    picture.curves = curves_of(history);
    for (const HistoryPoint& point : history.points) picture.x_names.push_back(point.run);
    text += curves_figure(picture);
  }
  text +=
      "<div class=\"scroll\"><table><tr><th>run</th><th>started</th><th>release</th>"
      "<th class=\"n\">n</th><th class=\"n\">value</th><th></th></tr>\n";
  for (std::size_t i = 0; i < history.points.size(); ++i) {
    const HistoryPoint& point = history.points[i];
    text += fmt::format(
        "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td class=\"n\">{}</td>"
        "<td class=\"n\">{}</td><td>{}</td></tr>\n",
        markup_text(point.run), markup_text(point.started), markup_text(point.release), point.n,
        number(point.value), markup_text(note_of(history, i)));
  }
  return text + "</table></div>\n</section>\n";
}

}  // namespace

std::string history_text(const std::vector<History>& histories, std::string_view format) {
  std::string text;
  if (format == "json") {
    Json list = Json::array();
    for (const History& history : histories) list.push_back(json_of(history));
    const Json json = {{"schema", "ipucnn.history/1"}, {"histories", std::move(list)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  if (format == "html") {
    for (const History& history : histories) text += html_of(history);
    return page("history", text);
  }
  if (format != "text") return "";
  for (const History& history : histories) text += (text.empty() ? "" : "\n") + text_of(history);
  return text;
}

}  // namespace ipucnn
