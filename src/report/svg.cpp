#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "ipucnn/pictures.h"

namespace ipucnn::reporting {
namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 300;
constexpr double kLeft = 76;
constexpr double kRight = 12;
constexpr double kTop = 30;
constexpr double kBottom = 44;
constexpr std::size_t kColours = 8;

/// One direction of a picture: values to places.
struct Scale {
  double low = 0;
  double high = 1;
  double from = 0;  ///< place of low
  double to = 1;    ///< place of high

  double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
  double clamped(double value) const { return at(std::clamp(value, low, high)); }
};

Scale scale_of(double low, double high, double margin, double from, double to) {
  if (high <= low) {
    const double around = low == 0 ? 1 : std::abs(low) * 0.01;
    low -= around;
    high += around;
  }
  const double more = (high - low) * margin;
  return {low - more, high + more, from, to};
}

/// 1, 2 or 5 times a power of ten, so that about `count` steps fit.
double step_of(double span, double count) {
  const double rough = span / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (rough <= factor * power) return factor * power;
  return 10 * power;
}

/// As many digits as tell steps apart.
std::string tick_text(double value, double step) {
  const int digits = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 9);
  if (std::abs(value) < step / 1e6) value = 0;
  return fmt::format("{:.{}f}", value, digits);
}

std::vector<double> ticks_of(const Scale& scale, double step) {
  std::vector<double> ticks;
  for (double i = std::ceil(scale.low / step - 1e-9); i * step <= scale.high + step * 1e-9; i += 1)
    ticks.push_back(i * step);
  return ticks;
}

std::string axes(const Scale& x, const Scale& y, const Picture& picture, bool whole_x) {
  std::string text;
  const double y_step = step_of(y.high - y.low, 5);
  for (const double tick : ticks_of(y, y_step))
    text += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.2f}\" y2=\"{2:.2f}\"/>"
        "<text class=\"tick y\" x=\"{3}\" y=\"{4:.2f}\" text-anchor=\"end\">{5}</text>\n",
        kLeft, kWidth - kRight, y.at(tick), kLeft - 6, y.at(tick) + 4, tick_text(tick, y_step));
  double x_step = step_of(x.high - x.low, 6);
  if (whole_x) x_step = std::max(1.0, x_step);
  for (const double tick : ticks_of(x, x_step))
    text += fmt::format(
        "<line class=\"axis\" x1=\"{0:.2f}\" x2=\"{0:.2f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"tick x\" x=\"{0:.2f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        x.at(tick), kHeight - kBottom, kHeight - kBottom + 4, kHeight - kBottom + 16,
        tick_text(tick, x_step));
  text += fmt::format(
      "<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\"/>\n"
      "<text class=\"label\" x=\"{3}\" y=\"{4}\" text-anchor=\"middle\">{5}</text>\n"
      "<text class=\"label\" x=\"4\" y=\"14\">{6}</text>\n",
      kLeft, kWidth - kRight, kHeight - kBottom, (kLeft + kWidth - kRight) / 2, kHeight - 8,
      markup_text(picture.x_label), markup_text(picture.y_label));
  return text;
}

/// The dots that a line through all of them needs: of each stretch the lowest and the highest.
std::vector<Dot> thinned(const std::vector<Dot>& dots) {
  constexpr std::size_t kMost = 1200;
  if (dots.size() <= kMost) return dots;
  std::vector<Dot> few;
  const std::size_t stretches = kMost / 2;
  for (std::size_t i = 0; i < stretches; ++i) {
    const auto from = dots.begin() + static_cast<std::ptrdiff_t>(i * dots.size() / stretches);
    const auto to = dots.begin() + static_cast<std::ptrdiff_t>((i + 1) * dots.size() / stretches);
    auto [low, high] =
        std::minmax_element(from, to, [](const Dot& a, const Dot& b) { return a.y < b.y; });
    few.push_back(low < high ? *low : *high);
    if (low != high) few.push_back(low < high ? *high : *low);
  }
  return few;
}

std::string curve_svg(const Curve& curve, const std::string& colour, const Scale& x,
                      const Scale& y) {
  std::string path;
  std::string circles;
  constexpr std::size_t kMostCircles = 300;
  for (const Dot& dot : thinned(curve.dots)) {
    const double at_x = x.at(dot.x);
    const double at_y = y.clamped(dot.y);
    if (dot.counts) path += fmt::format("{}{:.2f} {:.2f}", path.empty() ? "M" : "L", at_x, at_y);
    if (dot.counts && curve.dots.size() > kMostCircles) continue;
    circles += fmt::format(
        "<circle class=\"{}\" cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{}\"><title>{}: {:g}, {}{}</title>"
        "</circle>\n",
        dot.counts ? "dot" : "left-out", at_x, at_y, dot.counts ? 2 : 3.5, markup_text(curve.name),
        dot.x, dot.y, dot.counts ? "" : " (does not count)");
  }
  return fmt::format("<g class=\"curve {}\"><path d=\"{}\"/>\n{}</g>\n", colour, path, circles);
}

std::string legend(const std::vector<Curve>& curves) {
  std::string text;
  double at = kWidth - kRight;
  for (std::size_t i = curves.size(); i-- > 0;) {
    constexpr double kLetter = 6.5;
    at -= kLetter * static_cast<double>(curves[i].name.size()) + 22;
    text += fmt::format(
        "<g class=\"curve c{}\"><path d=\"M{:.1f} 10h12\"/></g><text class=\"tick\" x=\"{:.1f}\" "
        "y=\"14\">{}</text>\n",
        i, at, at + 15, markup_text(curves[i].name));
  }
  return text;
}

std::string frame(const std::string& title, const std::string& inside) {
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n<title>{}</title>\n{}</svg>\n",
      kWidth, kHeight, markup_text(title), markup_text(title), inside);
}

}  // namespace

std::string curves_svg(const Picture& picture) {
  const auto& curves = picture.curves;
  const bool any_counts = std::any_of(curves.begin(), curves.end(), [](const Curve& curve) {
    return std::any_of(curve.dots.begin(), curve.dots.end(),
                       [](const Dot& dot) { return dot.counts; });
  });
  std::vector<double> xs;
  std::vector<double> ys;  // where nothing counts, everything sets the scale
  for (const Curve& curve : curves)
    for (const Dot& dot : curve.dots) {
      xs.push_back(dot.x);
      if (dot.counts || !any_counts) ys.push_back(dot.y);
    }
  if (xs.empty()) return "";
  if (picture.band) ys.insert(ys.end(), {picture.band->low, picture.band->high});
  const auto [x_low, x_high] = std::minmax_element(xs.begin(), xs.end());
  const auto [y_low, y_high] = std::minmax_element(ys.begin(), ys.end());
  const Scale x = scale_of(*x_low, *x_high, 0.02, kLeft, kWidth - kRight);
  const Scale y = scale_of(*y_low, *y_high, 0.06, kHeight - kBottom, kTop);
  std::string inside;
  if (picture.band)
    inside += fmt::format(
        "<rect class=\"band\" x=\"{}\" y=\"{:.2f}\" width=\"{}\" height=\"{:.2f}\"><title>95 % "
        "interval of the mean: {} to {}</title></rect>\n",
        kLeft, y.at(picture.band->high), kWidth - kRight - kLeft,
        y.at(picture.band->low) - y.at(picture.band->high), picture.band->low, picture.band->high);
  inside += axes(x, y, picture, true);
  const bool coloured = picture.curves.size() <= kColours;
  for (std::size_t i = 0; i < picture.curves.size(); ++i)
    inside += curve_svg(picture.curves[i], coloured ? fmt::format("c{}", i) : "many", x, y);
  if (picture.level)
    inside += fmt::format(
        "<line class=\"mean\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.2f}\" y2=\"{2:.2f}\"><title>{3} "
        "{4}</title></line>\n",
        kLeft, kWidth - kRight, y.at(*picture.level), markup_text(picture.level_name),
        *picture.level);
  if (coloured && picture.curves.size() > 1) inside += legend(picture.curves);
  return frame(picture.title, inside);
}

std::string histogram_svg(const std::string& title, const std::string& x_label,
                          const std::vector<double>& values) {
  if (values.empty()) return "";
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto bins = static_cast<std::size_t>(
      std::clamp(std::ceil(std::sqrt(static_cast<double>(values.size()))), 1.0, 40.0));
  const Scale x = scale_of(*low, *high, 0, kLeft, kWidth - kRight);
  std::vector<double> counts(bins, 0);
  for (const double value : values) {
    const double part = (value - x.low) / (x.high - x.low) * static_cast<double>(bins);
    counts[std::min(bins - 1, static_cast<std::size_t>(part))] += 1;
  }
  const double most = *std::max_element(counts.begin(), counts.end());
  const Scale y{0, most, kHeight - kBottom, kTop};
  std::string inside = axes(x, y, {title, x_label, "values", {}}, false);
  const double width = (kWidth - kRight - kLeft) / static_cast<double>(bins);
  for (std::size_t i = 0; i < bins; ++i)
    inside += fmt::format(
        "<rect class=\"bar\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"><title>"
        "{} values</title></rect>\n",
        kLeft + width * static_cast<double>(i) + 0.5, y.at(counts[i]), width - 1,
        y.at(0) - y.at(counts[i]), counts[i]);
  return frame(title, inside);
}

}  // namespace ipucnn::reporting
