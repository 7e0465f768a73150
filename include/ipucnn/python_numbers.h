#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ipucnn::resolving {

/// What Python's int() makes of a text: blanks around it, one underscore between two digits and the
/// digits of every script count. Absent for what it refuses, and for a number beyond 64 bits.
std::optional<std::int64_t> python_int(std::string_view text);

/// True where int() takes the text, however large the number is.
bool python_takes_int(std::string_view text);

/// What Python's float() makes of a text; absent for what it refuses.
std::optional<double> python_float(std::string_view text);

}  // namespace ipucnn::resolving
