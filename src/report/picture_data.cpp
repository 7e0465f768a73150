// The numbers of a picture for src/report/charts.js.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/picture_parts.h"

namespace ipucnn::reporting {
namespace {

using Json = nlohmann::ordered_json;

Json range_json(const Range& range) { return Json::array({range.low, range.high}); }

/// Without a `<` nothing in it can end the element that it stands in.
std::string in_script(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace))
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  return text;
}

}  // namespace

std::string curves_data(const Picture& picture, const Ranges& ranges) {
  // A page of long runs stays one that a browser opens.
  constexpr std::size_t kMostOfAll = 200'000;
  constexpr std::size_t kMostAtLeast = 1200;
  const std::size_t most =
      std::max(kMostAtLeast, kMostOfAll / std::max<std::size_t>(1, picture.curves.size()));
  Json curves = Json::array();
  for (const Curve& curve : picture.curves) {
    Json dots = Json::array();
    Json left_out = Json::array();
    for (const Dot& dot : thinned(curve.dots, most))
      (dot.counts ? dots : left_out).push_back(Json::array({dot.x, dot.y}));
    curves.push_back({{"name", curve.name}, {"dots", dots}, {"left_out", left_out}});
  }
  Json json = {{"x", picture.x_label},
               {"y", picture.y_label},
               {"x_range", range_json(ranges.x)},
               {"y_range", range_json(ranges.y)},
               {"whole_x", ranges.whole_x},
               {"curves", std::move(curves)}};
  if (picture.level) json["level"] = *picture.level;
  if (picture.band) json["band"] = Json::array({picture.band->low, picture.band->high});
  Json phases = Json::array();
  for (const auto& [name, began] : picture.phases)
    phases.push_back({{"name", name}, {"at", began}});
  if (!phases.empty()) json["phases"] = std::move(phases);
  if (!picture.x_names.empty()) json["x_names"] = picture.x_names;
  return in_script(json);
}

std::string histogram_data(const std::string& x_label, const Bins& bins) {
  return in_script({{"x", x_label},
                    {"y", "values"},
                    {"x_range", range_json(bins.range)},
                    {"bars", bins.counts}});
}

}  // namespace ipucnn::reporting
