#include "ipucnn/python_text.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "load/timestamp.h"

namespace ipucnn {
namespace {

/// Appends a digit to a decimal number of any length.
void append_digit(std::string& decimal, unsigned base, unsigned digit) {
  constexpr unsigned kTen = 10;
  unsigned carry = digit;
  for (std::size_t i = decimal.size(); i-- > 0;) {
    carry += base * static_cast<unsigned>(decimal[i] - '0');
    decimal[i] = static_cast<char>('0' + carry % kTen);
    carry /= kTen;
  }
  for (; carry > 0; carry /= kTen)
    decimal.insert(decimal.begin(), static_cast<char>('0' + carry % kTen));
}

/// One that has no room in 64 bits. Nobody spells such a one with colons.
std::string large_int(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  unsigned base = 10;
  if (text.size() > 1 && text.front() == '0') base = text[1] == 'x' ? 16 : text[1] == 'b' ? 2 : 8;
  if (base == 2 || base == 16) text.remove_prefix(2);
  std::string decimal;
  for (const char c : text) {
    if (c == ':') return std::string(text);
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (c != '_')
      append_digit(decimal, base,
                   static_cast<unsigned>(lower >= 'a' ? lower - 'a' + 10 : lower - '0'));
  }
  return (negative ? "-" : "") + decimal;
}

std::string float_text(double value) {
  if (std::isnan(value)) return "nan";  // without the sign that it may have
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == text.npos) text += ".0";
  return text;
}

}  // namespace

std::string python_text(Node node) {
  if (!node.is_scalar()) return {};
  const std::string_view text = node.text();
  switch (node.type()) {
    case ScalarType::Null:
      return "None";
    case ScalarType::Bool:
      return yaml_bool(text) ? "True" : "False";
    case ScalarType::Int:
      if (const auto value = yaml_int(text)) return std::to_string(*value);
      return large_int(text);
    case ScalarType::Float:
      if (const auto value = yaml_float(text)) return float_text(*value);
      break;
    case ScalarType::String:
      if (node.is_plain() && is_timestamp(text)) return timestamp_text(text);
      break;
  }
  return std::string(text);
}

}  // namespace ipucnn
