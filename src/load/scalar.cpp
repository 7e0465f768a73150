// PyYAML's full_load resolver for plain scalars (YAML 1.1 as that reader has it), without regular
// expressions: each function below is one alternative of its implicit resolvers.
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>

#include "ipucnn/tree.h"

namespace ipucnn {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes characters of one kind from the front and says how many there were.
template <typename Kind>
std::size_t take(std::string_view& rest, Kind kind) {
  std::size_t n = 0;
  while (n < rest.size() && kind(rest[n])) ++n;
  rest.remove_prefix(n);
  return n;
}

void take_sign(std::string_view& rest) {
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
}

bool is_null_word(std::string_view s) {
  return s.empty() || s == "~" || s == "null" || s == "Null" || s == "NULL";
}

bool is_bool_word(std::string_view s) {
  for (const std::string_view word :
       {"yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
        "on", "On", "ON", "off", "Off", "OFF"})
    if (s == word) return true;
  return false;
}

/// [0-9]+(:[0-5]?[0-9])+ behind an optional sign; the first part of an int may not begin with 0.
bool is_sexagesimal(std::string_view s, bool is_float) {
  take_sign(s);
  if (s.empty() || !is_digit(s.front()) || (!is_float && s.front() == '0')) return false;
  take(s, [](char c) { return is_digit(c) || c == '_'; });
  std::size_t groups = 0;
  while (!s.empty() && s.front() == ':') {
    s.remove_prefix(1);
    const std::string_view group = s;
    const std::size_t digits = take(s, is_digit);
    if (digits == 0 || digits > 2 || (digits == 2 && group.front() > '5')) return false;
    ++groups;
  }
  if (groups == 0) return false;
  if (!is_float) return s.empty();
  if (s.empty() || s.front() != '.') return false;
  s.remove_prefix(1);
  take(s, [](char c) { return is_digit(c) || c == '_'; });
  return s.empty();
}

bool is_int(std::string_view s) {
  const std::string_view whole = s;
  take_sign(s);
  if (s.empty()) return false;
  if (s.front() == '0') {
    if (s == "0") return true;
    std::string_view rest = s.substr(1);
    if (rest.front() == 'b') {
      rest.remove_prefix(1);
      return take(rest, [](char c) { return c == '0' || c == '1' || c == '_'; }) > 0 &&
             rest.empty();
    }
    if (rest.front() == 'x') {
      rest.remove_prefix(1);
      const auto hex = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '_';
      };
      return take(rest, hex) > 0 && rest.empty();
    }
    return take(rest, [](char c) { return (c >= '0' && c <= '7') || c == '_'; }) > 0 &&
           rest.empty();
  }
  if (!is_digit(s.front())) return false;
  take(s, [](char c) { return is_digit(c) || c == '_'; });
  return s.empty() || is_sexagesimal(whole, false);
}

bool is_float(std::string_view s) {
  if (is_sexagesimal(s, true)) return true;
  if (s == ".nan" || s == ".NaN" || s == ".NAN") return true;
  const bool signed_number = !s.empty() && (s.front() == '-' || s.front() == '+');
  take_sign(s);
  if (s == ".inf" || s == ".Inf" || s == ".INF") return true;
  const auto digit = [](char c) { return is_digit(c) || c == '_'; };
  // A digit must stand first: "_1.5" is text. Without one a sign must not stand before the dot
  // either.
  const bool whole = !s.empty() && is_digit(s.front());
  if (whole) take(s, digit);
  if (s.empty() || s.front() != '.') return false;
  s.remove_prefix(1);
  if (!whole) {
    if (signed_number || s.empty() || !is_digit(s.front())) {
      // PyYAML 5.1 and later: \.[0-9][0-9_]* without sign.
      return false;
    }
  }
  take(s, digit);
  if (s.empty()) return true;
  if (s.front() != 'e' && s.front() != 'E') return false;
  s.remove_prefix(1);
  if (s.empty() || (s.front() != '-' && s.front() != '+')) return false;
  s.remove_prefix(1);
  return take(s, is_digit) > 0 && s.empty();
}

std::string without_underscores(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '_') out += c;
  return out;
}

/// Nearly all whole numbers are spelled so: decimal digits, no sign, no leading 0.
std::optional<std::int64_t> plain_digits(std::string_view text) {
  if (text.empty() || text.size() > 18 || (text.front() == '0' && text.size() > 1))
    return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  return value;
}

}  // namespace

ScalarType plain_scalar_type(std::string_view text) {
  if (is_null_word(text)) return ScalarType::Null;
  const char first = text.front();
  // Most scalars are words, and a number begins with one of these.
  if (is_digit(first) || first == '-' || first == '+' || first == '.') {
    if (is_int(text)) return ScalarType::Int;
    if (is_float(text)) return ScalarType::Float;
  } else if (is_bool_word(text)) {
    return ScalarType::Bool;
  }
  return ScalarType::String;
}

std::optional<std::int64_t> yaml_int(std::string_view text) {
  if (const auto value = plain_digits(text)) return value;
  std::string digits = without_underscores(text);
  std::string_view rest = digits;
  const bool negative = !rest.empty() && rest.front() == '-';
  take_sign(rest);
  std::uint64_t value = 0;
  if (rest.find(':') != std::string_view::npos) {
    while (true) {
      const std::size_t colon = rest.find(':');
      std::uint64_t part = 0;
      const std::string_view group = rest.substr(0, colon);
      const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), part);
      if (error != std::errc() || end != group.data() + group.size()) return std::nullopt;
      if (__builtin_mul_overflow(value, std::uint64_t{60}, &value) ||
          __builtin_add_overflow(value, part, &value))
        return std::nullopt;
      if (colon == std::string_view::npos) break;
      rest.remove_prefix(colon + 1);
    }
  } else {
    int base = 10;
    if (rest.size() > 1 && rest.front() == '0') {
      base = rest[1] == 'x' ? 16 : rest[1] == 'b' ? 2 : 8;
      rest.remove_prefix(base == 8 ? 1 : 2);
    }
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
    if (error != std::errc() || end != rest.data() + rest.size()) return std::nullopt;
  }
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value > kMost) return std::nullopt;
  return negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
}

std::optional<double> yaml_float(std::string_view text) {
  std::string digits = without_underscores(text);
  for (char& c : digits)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  std::string_view rest = digits;
  const bool negative = !rest.empty() && rest.front() == '-';
  take_sign(rest);
  if (rest == ".inf")
    return negative ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
  if (rest == ".nan") return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  while (true) {
    const std::size_t colon = rest.find(':');
    double part = 0;
    const std::string_view group = rest.substr(0, colon);
    const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), part);
    if (error == std::errc::invalid_argument || end != group.data() + group.size())
      return std::nullopt;
    // Out of range is 0 or infinity, as in Python; from_chars does not say which.
    if (error == std::errc::result_out_of_range) part = std::strtod(group.data(), nullptr);
    value = value * 60 + part;
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  return negative ? -value : value;
}

bool yaml_bool(std::string_view text) {
  const char first = text.empty() ? '\0' : text.front();
  if (first == 'o' || first == 'O') return text.size() == 2;  // on, and not off
  return first == 'y' || first == 'Y' || first == 't' || first == 'T';
}

}  // namespace ipucnn
