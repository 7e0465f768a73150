#include "report/picture_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"

namespace ipucnn::reporting {
namespace {

constexpr std::size_t kMostDots = 1200;  // of a curve that is drawn without a script

/// What the lines and dots stand for. With a script its entries turn curves off and on.
std::string legend(const Picture& picture) {
  std::string text;
  const bool coloured = picture.curves.size() <= kColours;
  bool left_out = false;
  for (std::size_t i = 0; i < picture.curves.size(); ++i) {
    const Curve& curve = picture.curves[i];
    left_out = left_out || std::any_of(curve.dots.begin(), curve.dots.end(),
                                       [](const Dot& dot) { return !dot.counts; });
    if (coloured && picture.curves.size() > 1)
      text +=
          fmt::format("<span class=\"key of-curve c{}\">{}</span>\n", i, markup_text(curve.name));
  }
  if (!coloured)
    text += fmt::format("<span class=\"key many\">{} curves</span>\n", picture.curves.size());
  if (picture.level)
    text +=
        fmt::format("<span class=\"key of-level\">{}</span>\n", markup_text(picture.level_name));
  if (picture.band) text += "<span class=\"key of-band\">95 % interval of the mean</span>\n";
  if (left_out) text += "<span class=\"key of-left-out\">does not count</span>\n";
  if (std::any_of(picture.curves.begin(), picture.curves.end(),
                  [](const Curve& curve) { return curve.dots.size() > kMostDots; }))
    text += "<span>lowest and highest values of each stretch</span>\n";
  return text;
}

std::string figure(const std::string& caption, const std::string& svg, const std::string& data) {
  return fmt::format(
      "<figure class=\"picture\">\n<figcaption>{}</figcaption>\n{}"
      "<script type=\"application/json\">{}</script>\n</figure>\n",
      caption, svg, data);
}

}  // namespace

Range range_of(double low, double high, double margin) {
  // What tells values apart there are the last digits of a sum, and between them lie no ticks.
  constexpr double kSame = 1e-9;
  if (high - low <= kSame * std::max(std::abs(low), std::abs(high))) {
    const double around =
        low == 0 && high == 0 ? 1 : std::max(std::abs(low), std::abs(high)) * 0.01;
    low -= around;
    high += around;
  }
  const double more = (high - low) * margin;
  return {low - more, high + more};
}

std::optional<Ranges> ranges_of(const Picture& picture) {
  std::vector<double> xs;
  std::vector<double> counting;
  std::vector<double> ys;
  for (const Curve& curve : picture.curves)
    for (const Dot& dot : curve.dots) {
      xs.push_back(dot.x);
      (dot.counts ? counting : ys).push_back(dot.y);
    }
  if (xs.empty()) return std::nullopt;
  if (!counting.empty()) ys = std::move(counting);
  if (picture.band) ys.insert(ys.end(), {picture.band->low, picture.band->high});
  const auto [x_low, x_high] = std::minmax_element(xs.begin(), xs.end());
  const auto [y_low, y_high] = std::minmax_element(ys.begin(), ys.end());
  constexpr double kMarginX = 0.02;
  constexpr double kMarginY = 0.06;
  return Ranges{range_of(*x_low, *x_high, kMarginX), range_of(*y_low, *y_high, kMarginY),
                std::all_of(xs.begin(), xs.end(), [](double x) { return x == std::floor(x); })};
}

std::vector<Dot> thinned(const std::vector<Dot>& dots, std::size_t most) {
  if (dots.size() <= most) return dots;
  std::vector<Dot> few;
  const std::size_t stretches = std::max<std::size_t>(1, most / 2);
  const auto lower = [](const Dot& a, const Dot& b) { return a.y < b.y; };
  for (std::size_t i = 0; i < stretches; ++i) {
    std::vector<Dot> stretch;
    for (std::size_t at = i * dots.size() / stretches; at < (i + 1) * dots.size() / stretches; ++at)
      (dots[at].counts ? stretch : few).push_back(dots[at]);
    if (stretch.empty()) continue;
    auto [low, high] = std::minmax_element(stretch.begin(), stretch.end(), lower);
    few.push_back(low < high ? *low : *high);
    if (low != high) few.push_back(low < high ? *high : *low);
  }
  return few;
}

Bins bins_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  constexpr double kMostBins = 40;
  const double bins =
      std::clamp(std::ceil(std::sqrt(static_cast<double>(values.size()))), 1.0, kMostBins);
  Bins found{range_of(*low, *high, 0), std::vector<double>(static_cast<std::size_t>(bins), 0)};
  for (const double value : values) {
    const double part = (value - found.range.low) / (found.range.high - found.range.low) * bins;
    found.counts[std::min(found.counts.size() - 1, static_cast<std::size_t>(part))] += 1;
  }
  return found;
}

std::string curves_figure(const Picture& whole) {
  const auto ranges = ranges_of(whole);
  if (!ranges) return "";
  Picture drawn = whole;
  for (Curve& curve : drawn.curves) curve.dots = thinned(curve.dots, kMostDots);
  return figure(legend(whole), curves_svg(drawn, *ranges), curves_data(whole, *ranges));
}

std::string histogram_figure(const std::string& title, const std::string& x_label,
                             const std::vector<double>& values) {
  if (values.empty()) return "";
  const Bins bins = bins_of(values);
  return figure("<span>" + markup_text(title) + "</span>", histogram_svg(title, x_label, bins),
                histogram_data(x_label, bins));
}

}  // namespace ipucnn::reporting
