// A campaign as a page that needs nothing else: its table, and a picture for each figure.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/escape.h"
#include "base/split.h"
#include "base/text.h"
#include "campaign/parts.h"
#include "ipucnn/html_page.h"
#include "ipucnn/pictures.h"

namespace ipucnn {
namespace {

using namespace campaigning;  // NOLINT(google-build-using-namespace)

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// What tells a case from its siblings: `KEY=V,KEY=V` behind the last colon of its name.
Parameters parameters_of(const std::string& name) {
  Parameters found;
  const std::size_t colon = name.rfind(':');
  if (colon == name.npos) return found;
  for (std::string_view rest = std::string_view(name).substr(colon + 1); !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const std::size_t equals = one.find('=');
    if (equals == one.npos) return {};
    found.emplace_back(one.substr(0, equals), one.substr(equals + 1));
  }
  return found;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

/// A value of a figure, with the case that it is of.
struct Value {
  std::size_t job;  ///< its place in the table, from 1
  const CaseResult* of;
  double value;
};

/// The first parameter that all cases have as a number, and of which they have several values;
/// empty where there is none.
std::string swept_key(const std::vector<Value>& values) {
  for (const auto& [key, first] : parameters_of(values.front().of->name)) {
    std::set<double> numbers;
    const bool all = std::all_of(values.begin(), values.end(), [&, name = key](const Value& one) {
      for (const auto& set : parameters_of(one.of->name))
        if (set.first == name)
          if (const auto number = number_of(set.second)) return numbers.insert(*number), true;
      return false;
    });
    if (all && numbers.size() > 1) return key;
  }
  return {};
}

/// The name of a case without one of its parameters.
std::string name_without(const std::string& name, const std::string& key) {
  std::string text = name.substr(0, name.rfind(':'));
  for (const auto& set : parameters_of(name))
    if (set.first != key) text += " " + set.first + "=" + set.second;
  return text;
}

std::string picture_of(const std::string& title, const std::string& unit,
                       const std::vector<Value>& values) {
  if (values.size() < 2) return {};
  const std::string key = swept_key(values);
  std::map<std::string, reporting::Curve> curves;
  for (const Value& one : values) {
    double x = static_cast<double>(one.job);
    std::string name = "jobs";
    for (const auto& set : parameters_of(one.of->name)) {
      if (key.empty() || set.first != key) continue;
      x = number_of(set.second).value_or(x);
      name = name_without(one.of->name, key);
    }
    reporting::Curve& curve = curves[name];
    curve.name = name;
    curve.dots.push_back({x, one.value});
  }
  reporting::Picture picture;
  picture.title = title;
  picture.x_label = key.empty() ? "job, in the order of the table" : key;
  picture.y_label = title + (unit.empty() || unit == "1" ? "" : ", " + unit);
  if (key.empty())
    for (const Value& one : values) {
      picture.x_names.resize(one.job);
      picture.x_names.back() = one.of->name;
    }
  for (auto& [name, curve] : curves) {
    std::sort(curve.dots.begin(), curve.dots.end(),
              [](const reporting::Dot& a, const reporting::Dot& b) { return a.x < b.x; });
    picture.curves.push_back(std::move(curve));
  }
  return fmt::format("<h2>{}</h2>\n{}", markup_text(title), reporting::curves_figure(picture));
}

std::string pictures(const std::vector<CaseResult>& results) {
  std::map<std::pair<std::string, std::string>, std::vector<Value>> values;  // by figure and unit
  for (std::size_t i = 0; i < results.size(); ++i)
    for (const FigureResult& figure : results[i].figures)
      if (figure.value)
        values[{figure_name(figure), figure.unit}].push_back({i + 1, &results[i], *figure.value});
  std::string text;
  for (const auto& [figure, all] : values) text += picture_of(figure.first, figure.second, all);
  return text;
}

std::string table(const std::vector<Row>& rows) {
  std::string text = "<div class=\"scroll\"><table>\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += "<tr>";
    for (const std::string& cell : rows[i])
      text += fmt::format("<{0}>{1}</{0}>", i == 0 ? "th" : "td", markup_text(cell));
    text += "</tr>\n";
  }
  return text + "</table></div>\n";
}

/// A paragraph for each line.
std::string paragraphs(std::string_view lines) {
  std::string text;
  for (const std::string_view line : split(lines, '\n'))
    if (!line.empty()) text += fmt::format("<p class=\"doubt\">{}</p>\n", markup_text(line));
  return text;
}

}  // namespace

std::string campaign_html(const std::vector<CaseResult>& results, const std::string& name,
                          bool old_tool) {
  return reporting::page(name, paragraphs(labels_text(results)) +
                                   table(rows_of(results, old_tool)) +
                                   paragraphs(troubles_text(results)) + pictures(results));
}

}  // namespace ipucnn
