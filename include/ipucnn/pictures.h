#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ipucnn/statistics.h"

namespace ipucnn::reporting {

/// A value in a picture.
struct Dot {
  double x = 0;
  double y = 0;
  bool counts = true;  ///< else it is drawn hollow, and does not set the scale
};

/// Dots of one name, joined by a line.
struct Curve {
  std::string name;
  std::vector<Dot> dots;
};

struct Picture {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Curve> curves;
  std::optional<double> level{};  ///< a line across
  std::string level_name = "mean";
  std::optional<Interval> band{};      ///< about it
  std::vector<std::string> x_names{};  ///< of x = 1, 2, ...; empty: x is a number
  /// What begins at which x, drawn where that lies in the picture.
  std::vector<std::pair<std::string, double>> phases{};
};

/// A <figure> with an inline SVG of curves over an axis, their legend, and the same numbers for the
/// script of a page. Up to 8 curves have colours and names, more are grey. Of a long curve the
/// lowest and highest dot of each stretch are drawn. Values that do not count and lie beyond the
/// scale stand at its edge. Empty without dots.
std::string curves_figure(const Picture& picture);

/// The same of how often values lie where.
std::string histogram_figure(const std::string& title, const std::string& x_label,
                             const std::vector<double>& values);

}  // namespace ipucnn::reporting
