#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/escape.h"
#include "report/picture_parts.h"

namespace ipucnn::reporting {
namespace {

// Room for texts of 18 units, which they have on a phone: see the style of page().
constexpr double kWidth = 640;
constexpr double kHeight = 316;
constexpr double kLeft = 88;
constexpr double kRight = 34;
constexpr double kTop = 32;
constexpr double kBottom = 60;

/// One direction of a picture: values to places.
struct Scale {
  Range range;
  double from = 0;  ///< place of the lowest value
  double to = 1;    ///< place of the highest

  double at(double value) const {
    return from + (value - range.low) / (range.high - range.low) * (to - from);
  }
  double clamped(double value) const { return at(std::clamp(value, range.low, range.high)); }
};

Scale across(const Range& range) { return {range, kLeft, kWidth - kRight}; }
Scale upwards(const Range& range) { return {range, kHeight - kBottom, kTop}; }

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

std::vector<double> ticks_of(const Range& range, double step) {
  std::vector<double> ticks;
  for (double i = std::ceil(range.low / step - 1e-9); i * step <= range.high + step * 1e-9; i += 1)
    ticks.push_back(i * step);
  return ticks;
}

std::string x_axis(const Scale& x, const std::string& label, bool whole) {
  std::string text;
  double step = step_of(x.range.high - x.range.low, 5);
  if (whole) step = std::max(1.0, step);
  for (const double tick : ticks_of(x.range, step))
    text += fmt::format(
        "<line class=\"axis\" x1=\"{0:.2f}\" x2=\"{0:.2f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"tick x\" x=\"{0:.2f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        x.at(tick), kHeight - kBottom, kHeight - kBottom + 4, kHeight - kBottom + 26,
        tick_text(tick, step));
  return text + fmt::format(
                    "<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\"/>\n"
                    "<text class=\"label\" x=\"{3}\" y=\"{4}\" text-anchor=\"middle\">{5}</text>\n",
                    kLeft, kWidth - kRight, kHeight - kBottom, (kLeft + kWidth - kRight) / 2,
                    kHeight - 8, markup_text(label));
}

std::string y_axis(const Scale& y, const std::string& label, bool whole) {
  std::string text;
  double step = step_of(y.range.high - y.range.low, 5);
  if (whole) step = std::max(1.0, step);
  for (const double tick : ticks_of(y.range, step))
    text += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.2f}\" y2=\"{2:.2f}\"/>"
        "<text class=\"tick y\" x=\"{3}\" y=\"{4:.2f}\" text-anchor=\"end\">{5}</text>\n",
        kLeft, kWidth - kRight, y.at(tick), kLeft - 6, y.at(tick) + 4, tick_text(tick, step));
  return text +
         fmt::format("<text class=\"label\" x=\"4\" y=\"16\">{}</text>\n", markup_text(label));
}

/// What a dot stands for, where a pointer rests on it.
std::string dot_title(const Picture& picture, const Curve& curve, const Dot& dot) {
  const auto place = static_cast<std::size_t>(std::max(0.0, dot.x - 1));
  const std::string at =
      place < picture.x_names.size() ? picture.x_names[place] : fmt::format("{:g}", dot.x);
  return fmt::format("{}: {}, {}{}", markup_text(curve.name), markup_text(at), dot.y,
                     dot.counts ? "" : " (does not count)");
}

std::string curve_svg(const Picture& picture, std::size_t which, const Scale& x, const Scale& y) {
  const Curve& curve = picture.curves[which];
  std::string path;
  std::string circles;
  constexpr std::size_t kMostCircles = 300;
  for (const Dot& dot : curve.dots) {
    const double at_x = x.at(dot.x);
    const double at_y = y.clamped(dot.y);
    if (dot.counts) path += fmt::format("{}{:.2f} {:.2f}", path.empty() ? "M" : "L", at_x, at_y);
    if (dot.counts && curve.dots.size() > kMostCircles) continue;
    circles += fmt::format(
        "<circle class=\"{}\" cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{}\"><title>{}</title></circle>\n",
        dot.counts ? "dot" : "left-out", at_x, at_y, dot.counts ? 2.5 : 3.5,
        dot_title(picture, curve, dot));
  }
  return fmt::format("<g class=\"curve {}\"><path d=\"{}\"/>\n{}</g>\n",
                     picture.curves.size() <= kColours ? fmt::format("c{}", which) : "many", path,
                     circles);
}

/// Where a phase begins, with its name where that fits before the next one.
std::string phase_lines(const Picture& picture, const Scale& x) {
  constexpr double kLetter = 10;  // at most, on a phone
  std::string text;
  for (std::size_t i = 0; i < picture.phases.size(); ++i) {
    const auto& [name, began] = picture.phases[i];
    if (began < x.range.low || began > x.range.high) continue;
    const double end =
        i + 1 < picture.phases.size() ? x.clamped(picture.phases[i + 1].second) : kWidth - kRight;
    text += fmt::format(
        "<line class=\"phase\" x1=\"{0:.2f}\" x2=\"{0:.2f}\" y1=\"{1}\" y2=\"{2}\"><title>{3}"
        "</title></line>\n",
        x.at(began), kTop, kHeight - kBottom, markup_text(name));
    if (kLetter * static_cast<double>(name.size()) < end - x.at(began))
      text += fmt::format("<text class=\"label phase-name\" x=\"{:.2f}\" y=\"{}\">{}</text>\n",
                          x.at(began) + 4, kTop + 12, markup_text(name));
  }
  return text;
}

std::string frame(const std::string& title, const std::string& inside) {
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n<title>{}</title>\n{}</svg>\n",
      kWidth, kHeight, markup_text(title), markup_text(title), inside);
}

}  // namespace

std::string curves_svg(const Picture& picture, const Ranges& ranges) {
  const Scale x = across(ranges.x);
  const Scale y = upwards(ranges.y);
  std::string inside;
  if (picture.band)
    inside += fmt::format(
        "<rect class=\"band\" x=\"{}\" y=\"{:.2f}\" width=\"{}\" height=\"{:.2f}\"><title>95 % "
        "interval of the mean: {} to {}</title></rect>\n",
        kLeft, y.at(picture.band->high), kWidth - kRight - kLeft,
        y.at(picture.band->low) - y.at(picture.band->high), picture.band->low, picture.band->high);
  inside += x_axis(x, picture.x_label, ranges.whole_x) + y_axis(y, picture.y_label, false) +
            phase_lines(picture, x);
  for (std::size_t i = 0; i < picture.curves.size(); ++i) inside += curve_svg(picture, i, x, y);
  if (picture.level)
    inside += fmt::format(
        "<line class=\"mean\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.2f}\" y2=\"{2:.2f}\"><title>{3} "
        "{4}</title></line>\n",
        kLeft, kWidth - kRight, y.at(*picture.level), markup_text(picture.level_name),
        *picture.level);
  return frame(picture.title, inside);
}

std::string histogram_svg(const std::string& title, const std::string& x_label, const Bins& bins) {
  const Scale x = across(bins.range);
  const Scale y = upwards({0, *std::max_element(bins.counts.begin(), bins.counts.end())});
  std::string inside = x_axis(x, x_label, false) + y_axis(y, "values", true);
  const double width = (x.to - x.from) / static_cast<double>(bins.counts.size());
  for (std::size_t i = 0; i < bins.counts.size(); ++i)
    inside += fmt::format(
        "<rect class=\"bar\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"><title>"
        "{} values</title></rect>\n",
        x.from + width * static_cast<double>(i) + 0.5, y.at(bins.counts[i]), width - 1,
        y.at(0) - y.at(bins.counts[i]), bins.counts[i]);
  return frame(title, inside);
}

}  // namespace ipucnn::reporting
