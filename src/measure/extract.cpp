#include "measure/extract.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace ipucnn::measuring {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A decimal number at the beginning of a text: sign, digits, fraction, exponent.
struct Number {
  std::size_t size = 0;  ///< 0: there is none
  double value = 0;
  bool finite = true;
};

constexpr std::array kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

Number read_slowly(std::string_view number) {
  Number read{number.size()};
  if (number.front() == '+') number.remove_prefix(1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), read.value);
  read.finite =
      error == std::errc{} && end == number.data() + number.size() && std::isfinite(read.value);
  return read;
}

/// Bytes of an exponent: 0 where none follows.
std::size_t exponent_size(std::string_view text) {
  if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return 0;
  const std::size_t sign = text.size() > 1 && (text[1] == '-' || text[1] == '+') ? 2 : 1;
  std::size_t at = sign;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at > sign ? at : 0;
}

/// Reads digits on to a number, and gives where they end.
const char* take_digits(const char* at, const char* end, std::uint64_t& number) {
  for (; at != end; ++at) {
    const unsigned digit = static_cast<unsigned char>(*at) - unsigned{'0'};
    if (digit > 9) break;
    number = number * 10 + digit;
  }
  return at;
}

Number read_number(std::string_view text) {
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53U;
  constexpr std::size_t kDigits = 18;  // that fit
  if (text.empty()) return {};
  const char* const end = text.data() + text.size();
  const char* const begin = text.data() + (text[0] == '-' || text[0] == '+' ? 1 : 0);
  std::uint64_t digits = 0;
  const char* stop = take_digits(begin, end, digits);
  auto count = static_cast<std::size_t>(stop - begin);
  std::size_t behind = 0;
  if (stop != end && *stop == '.') {
    const char* const point = stop;
    stop = take_digits(point + 1, end, digits);
    behind = static_cast<std::size_t>(stop - point) - 1;
    count += behind;
  }
  const auto at = static_cast<std::size_t>(stop - text.data());
  if (count == 0) return {};
  const std::size_t exponent = exponent_size(text.substr(at));
  // One division of two exact numbers rounds as it should (Clinger 1990).
  if (exponent > 0 || count > kDigits || digits > kExact)
    return read_slowly(text.substr(0, at + exponent));
  const double value = static_cast<double>(digits) / kPowers[behind];
  return {at, text[0] == '-' ? -value : value};
}

/// What may not follow a number: it would be read in part (1,024.5 or 12abc).
bool goes_on(std::string_view rest) {
  if (rest.empty()) return false;
  const char c = rest[0];
  if (is_digit(c) || c == '.' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
    return true;
  return c == ',' && rest.size() > 1 && is_digit(rest[1]);
}

/// A word of a table's row; absent where it is no figure at all.
std::optional<Extracted> figure(std::string_view word) {
  if (!word.empty() && word.back() == '%') word.remove_suffix(1);
  const Number number = read_number(word);
  if (number.size > 0 && number.size == word.size() && number.finite)
    return Extracted{number.value, true, word};
  for (const std::string_view text : {"nan", "inf", "-nan", "-inf"})
    if (word == text) return Extracted{0, false, {}};
  return std::nullopt;
}

}  // namespace

Extracted number_in(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  const Number number = read_number(text);
  if (number.size == 0 || number.size != text.size() || !number.finite) return {0, false, {}};
  return {number.value, true, text};
}

Extracted number_between(std::string_view line, std::size_t at, std::string_view before,
                         std::string_view after) {
  for (; at != line.npos; at = line.find(before, at + 1)) {
    std::string_view rest = line.substr(at + before.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const Number number = read_number(rest);
    if (number.size == 0 || !number.finite) continue;
    const std::string_view behind = rest.substr(number.size);
    const bool fits = after.empty() ? !goes_on(behind) : behind.substr(0, after.size()) == after;
    if (fits) return {number.value, true, rest.substr(0, number.size)};
  }
  return {0, false, {}};
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(" \t"); at < line.size();) {
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(" \t", end);
  }
  return words;
}

std::optional<Row> row_in(const std::vector<std::string_view>& words, std::size_t columns,
                          std::size_t column) {
  if (words.size() != columns || column >= columns) return std::nullopt;
  Row row;
  for (std::size_t i = 0; i < columns; ++i) {
    const auto found = figure(words[i]);
    if (!found) return std::nullopt;
    if (i == 0 && found->readable) row.first = found->value;
    if (i == column) row.value = *found;
  }
  return row;
}

}  // namespace ipucnn::measuring
