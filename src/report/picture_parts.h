#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipucnn/pictures.h"

namespace ipucnn::reporting {

/// What an axis shows.
struct Range {
  double low = 0;
  double high = 1;
};

/// With `margin`, a part of the range, at both ends; around a single value as well.
Range range_of(double low, double high, double margin);

/// The axes of a picture of curves: x of all dots, y of those that count (of all where none does)
/// and of the band.
struct Ranges {
  Range x, y;
  bool whole_x = true;  ///< every x is a whole number
};
/// Absent without dots.
std::optional<Ranges> ranges_of(const Picture& picture);

/// The dots that a line through all of them needs, at most `most` of them: of each stretch the
/// lowest and the highest, and each that does not count.
std::vector<Dot> thinned(const std::vector<Dot>& dots, std::size_t most);

/// How many values lie in each of the parts of a range, which are of one width.
struct Bins {
  Range range;
  std::vector<double> counts;
};
Bins bins_of(const std::vector<double>& values);

/// The pictures alone, as inline SVG.
std::string curves_svg(const Picture& picture, const Ranges& ranges);
std::string histogram_svg(const std::string& title, const std::string& x_label, const Bins& bins);

/// The same numbers for the script of a page, as JSON that may stand in a <script>.
std::string curves_data(const Picture& picture, const Ranges& ranges);
std::string histogram_data(const std::string& x_label, const Bins& bins);

/// Up to so many curves have a colour each.
inline constexpr std::size_t kColours = 8;

}  // namespace ipucnn::reporting
