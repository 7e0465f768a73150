#pragma once

#include <string>
#include <string_view>

#include "ipucnn/value.h"

namespace ipucnn::resolving {

inline bool is_number(ScalarType type) {
  return type == ScalarType::Int || type == ScalarType::Float;
}

/// Whether a number of a file is another than it looks like: 010 is 8 and 1:30 is 90. 0x10 says of
/// itself what it is.
bool is_disguised(const Scalar& scalar);

/// What it is: "90".
std::string number_text(const Scalar& scalar);

/// Whether a text is a word for false.
bool looks_false(std::string_view text);

/// 1e5 as YAML reads it as a number: 1.0e+5.
std::string with_point_and_sign(const std::string& text);

}  // namespace ipucnn::resolving
