#include "base/number_text.h"

#include <fmt/format.h>

#include <cmath>

namespace ipucnn {

std::string fixed_text(double value, int digits) {
  constexpr double kHuge = 1e15;
  return std::abs(value) < kHuge ? fmt::format("{:.{}f}", value, digits)
                                 : fmt::format("{:.6g}", value);
}

std::string percent_text(double percent, int digits, bool with_sign) {
  constexpr double kLarge = 1e6;
  const std::string text = std::abs(percent) < kLarge ? fmt::format("{:.{}f} %", percent, digits)
                                                      : fmt::format("{:.3g} %", percent);
  return with_sign && text.front() != '-' ? "+" + text : text;
}

}  // namespace ipucnn
