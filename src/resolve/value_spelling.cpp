// Values of presets that are spelled as few people would.
#include "resolve/value_spelling.h"

#include <fmt/format.h>

#include <string_view>

#include "base/text.h"
#include "ipucnn/tree.h"

namespace ipucnn::resolving {

bool is_disguised(const Scalar& scalar) {
  if (!is_number(scalar.type)) return false;
  if (scalar.text.find(':') != std::string::npos) return true;
  std::string_view digits = scalar.text;
  if (digits.front() == '-' || digits.front() == '+') digits.remove_prefix(1);
  return scalar.type == ScalarType::Int && digits.size() > 1 && digits[0] == '0' &&
         digits[1] != 'x' && digits[1] != 'b';
}

std::string number_text(const Scalar& scalar) {
  if (scalar.type == ScalarType::Int) {
    const auto value = yaml_int(scalar.text);
    return value ? std::to_string(*value) : "too large a number";
  }
  return fmt::format("{}", yaml_float(scalar.text).value_or(0));
}

bool looks_false(std::string_view text) {
  const std::string lower = to_lower(text);
  for (const std::string_view word : {"false", "no", "off", "n", "0", "none", "null"})
    if (lower == word) return true;
  return false;
}

std::string with_point_and_sign(const std::string& text) {
  const std::size_t exponent = text.find_first_of("eE");
  std::string number = text.substr(0, exponent);
  if (number.find('.') == std::string::npos) number += ".0";
  const std::string power = text.substr(exponent + 1);
  const bool has_sign = power[0] == '-' || power[0] == '+';
  return number + text[exponent] + (has_sign ? "" : "+") + power;
}

}  // namespace ipucnn::resolving
