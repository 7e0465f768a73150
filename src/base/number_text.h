#pragma once

#include <string>

namespace ipucnn {

/// A number with so many digits behind the point; of a huge one the digits that count.
std::string fixed_text(double value, int digits);

/// "1.2 %" for 1.2 and one digit, "+1.2 %" with its sign; of a large one the digits that count.
std::string percent_text(double percent, int digits, bool with_sign = false);

}  // namespace ipucnn
