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
  double value;
};

/// The first parameter that all cases have as a number, and of which they have several values;
/// empty where there is none.
std::string swept_key(const CampaignResults& results, const std::vector<Value>& values) {
  for (const auto& [key, first] : parameters_of(results.name_of(values.front().job - 1))) {
    std::set<double> numbers;
    const bool all = std::all_of(values.begin(), values.end(), [&, name = key](const Value& one) {
      for (const auto& set : parameters_of(results.name_of(one.job - 1)))
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

std::string picture_of(const CampaignResults& results, const std::string& title,
                       const std::string& unit, const std::vector<Value>& values) {
  if (values.size() < 2) return {};
  const std::string key = swept_key(results, values);
  std::map<std::string, reporting::Curve> curves;
  for (const Value& one : values) {
    double x = static_cast<double>(one.job);
    std::string name = "jobs";
    const std::string job = results.name_of(one.job - 1);
    for (const auto& set : parameters_of(job)) {
      if (key.empty() || set.first != key) continue;
      x = number_of(set.second).value_or(x);
      name = name_without(job, key);
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
      picture.x_names.back() = results.name_of(one.job - 1);
    }
  for (auto& [name, curve] : curves) {
    std::sort(curve.dots.begin(), curve.dots.end(),
              [](const reporting::Dot& a, const reporting::Dot& b) { return a.x < b.x; });
    picture.curves.push_back(std::move(curve));
  }
  return fmt::format("<h2>{}</h2>\n{}", markup_text(title), reporting::curves_figure(picture));
}

std::string pictures(const CampaignResults& results) {
  std::map<std::pair<std::string, std::string>, std::vector<Value>> values;  // by figure and unit
  for (std::size_t i = 0; i < results.size(); ++i)
    for (const FigureResult& figure : results.at(i).figures)
      if (figure.value)
        values[{figure_name(figure), figure.unit}].push_back({i + 1, *figure.value});
  std::string text;
  for (const auto& [figure, all] : values)
    text += picture_of(results, figure.first, figure.second, all);
  return text;
}

std::string table_row(const Row& row, std::string_view element) {
  std::string text = "<tr>";
  for (const std::string& cell : row)
    text += fmt::format("<{0}>{1}</{0}>", element, markup_text(cell));
  return text + "</tr>\n";
}

/// A paragraph for each line.
std::string paragraphs(std::string_view lines) {
  std::string text;
  for (const std::string_view line : split(lines, '\n'))
    if (!line.empty()) text += fmt::format("<p class=\"doubt\">{}</p>\n", markup_text(line));
  return text;
}

}  // namespace

void campaign_html(const CampaignResults& results, const std::string& name, bool old_tool,
                   const TextSink& out) {
  const std::string drawn = pictures(results);
  const reporting::PageFrame frame = reporting::page_frame(name, !drawn.empty());
  const Columns columns = columns_of(results, old_tool);
  out(frame.head);
  out(paragraphs(labels_text(results)));
  out("<div class=\"scroll\"><table>\n");
  out(table_row(head_of(columns), "th"));
  std::string troubles;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CaseResult result = results.at(i);
    for (const Row& row : rows_of(result, columns)) out(table_row(row, "td"));
    troubles += paragraphs(troubles_text(result));
  }
  out("</table></div>\n");
  out(troubles);
  out(drawn);
  out(frame.foot);
}

}  // namespace ipucnn
