#include "measure/extract.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>

namespace ipucnn::measuring {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A decimal number at the beginning of a text: sign, digits, fraction, exponent. What is too large
/// for a double is infinite.
struct Number {
  const char* end = nullptr;  ///< null: there is none
  double value = 0;
};

constexpr std::array kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

Number read_slowly(const char* begin, const char* end) {
  Number read{end};
  const auto [behind, error] = std::from_chars(begin + (*begin == '+' ? 1 : 0), end, read.value);
  if (error != std::errc{} || behind != end) read.value = std::numeric_limits<double>::infinity();
  return read;
}

/// Where an exponent ends: `at` where none stands there.
const char* exponent_end(const char* at, const char* end) {
  const char* digits = at + 1;
  if (digits != end && (*digits == '-' || *digits == '+')) ++digits;
  const char* stop = digits;
  while (stop != end && is_digit(*stop)) ++stop;
  return stop > digits ? stop : at;
}

/// The eight digits of a text as a number; each byte holds a digit's value, the first in the
/// lowest.
std::uint64_t eight_digits(std::uint64_t bytes) {
  bytes = bytes * 10 + (bytes >> 8U);
  constexpr std::uint64_t kPair = 0x000000FF000000FF;
  constexpr std::uint64_t kFirst = 100 + (std::uint64_t{1000000} << 32U);
  constexpr std::uint64_t kSecond = 1 + (std::uint64_t{10000} << 32U);
  return ((bytes & kPair) * kFirst + ((bytes >> 16U) & kPair) * kSecond) >> 32U;
}

/// Digits with a point among them or without.
struct Digits {
  std::uint64_t digits = 0;   ///< those that fit into 18
  std::ptrdiff_t count = 0;   ///< of all
  std::ptrdiff_t behind = 0;  ///< the point
  const char* end = nullptr;
};

/// Where the whole of it and what follows stand within eight bytes, all at once; else `end` is
/// null.
[[gnu::always_inline]] inline Digits read_few_digits(const char* begin, const char* end) {
  constexpr unsigned kByte = 8;
  constexpr unsigned kAll = 64;
  Digits read;
  if (std::endian::native != std::endian::little || end - begin < kByte) return read;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, begin, sizeof bytes);
  bytes ^= 0x3030303030303030;  // so that digits have their values
  const std::uint64_t others = (bytes | (bytes + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0;
  if (others == 0) return read;
  const unsigned first = static_cast<unsigned>(std::countr_zero(others)) & ~(kByte - 1);
  unsigned stop = first;
  if (begin[first / kByte] == '.') {
    const std::uint64_t more = others & ~(std::uint64_t{0xFF} << first);
    if (more == 0) return read;
    stop = static_cast<unsigned>(std::countr_zero(more)) & ~(kByte - 1);
    const std::uint64_t whole = (std::uint64_t{1} << first) - 1;
    bytes = (bytes & whole) | ((bytes >> kByte) & ~whole);
    read.behind = (stop - first) / kByte - 1;
  }
  const unsigned size = stop - (stop > first ? kByte : 0);  // in bits
  read.count = size / kByte;
  if (size > 0) read.digits = eight_digits(bytes << (kAll - size));
  read.end = begin + stop / kByte;
  return read;
}

/// Any number of them, one after the other.
Digits read_digits(const char* begin, const char* end) {
  Digits read;
  const auto take = [&](const char* at) {
    const char* const from = at;
    for (; at != end && is_digit(*at); ++at)
      read.digits = read.digits * 10 + static_cast<std::uint64_t>(*at - '0');
    read.count += at - from;
    return at;
  };
  read.end = take(begin);
  if (read.end == end || *read.end != '.') return read;
  const std::ptrdiff_t before = read.count;
  read.end = take(read.end + 1);
  read.behind = read.count - before;
  return read;
}

[[gnu::always_inline]] inline Number read_number(const char* const text, const char* const end) {
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53U;
  constexpr std::ptrdiff_t kDigits = 18;  // that fit
  if (text == end) return {};
  const char* const begin = text + (*text == '-' || *text == '+' ? 1 : 0);
  Digits read = read_few_digits(begin, end);
  if (read.end == nullptr) read = read_digits(begin, end);
  if (read.count == 0) return {};
  if (read.end != end && (*read.end | 0x20) == 'e')
    if (const char* const stop = exponent_end(read.end, end); stop != read.end)
      return read_slowly(text, stop);
  // One division of two exact numbers rounds as it should (Clinger 1990).
  if (read.count > kDigits || read.digits > kExact) return read_slowly(text, read.end);
  auto value = static_cast<double>(static_cast<std::int64_t>(read.digits));
  if (read.behind > 0) value /= kPowers[static_cast<std::size_t>(read.behind)];
  return {read.end, *text == '-' ? -value : value};
}

Number read_number(std::string_view text) {
  return read_number(text.data(), text.data() + text.size());
}

/// What people put between thousands where others put a comma: an apostrophe, or a blank that does
/// not break a line. Bytes of it; 0: it is none.
std::size_t size_of_parting(std::string_view text) {
  for (const std::string_view parting :
       {"'", "\u2019", "\u00A0", "\u202F", "\u2009", "\u2007", "\u066C", "\u02BC"})
    if (text.starts_with(parting)) return parting.size();
  return 0;
}

/// What may not follow a number: it would be read in part (1,024.5 or 12abc).
bool goes_on(const char* at, const char* end) {
  if (at == end) return false;
  const char c = *at;
  if (can_part_thousands(c)) {
    const std::string_view rest(at, static_cast<std::size_t>(end - at));
    const std::size_t size = size_of_parting(rest);
    return size > 0 && size < rest.size() && is_digit(rest[size]);
  }
  if (c == ',') return at + 1 != end && is_digit(at[1]);
  return is_digit(c) || c == '.' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether that is all of a text, and can be a figure.
bool is_all(const Number& number, std::string_view text) {
  return number.end != nullptr && number.end == text.data() + text.size() &&
         can_be_figure(number.value);
}

/// A word of a table's row; absent where it is no figure at all.
std::optional<Extracted> figure(std::string_view word) {
  if (!word.empty() && word.back() == '%') word.remove_suffix(1);
  const Number number = read_number(word);
  if (is_all(number, word)) return Extracted{number.value, true, word};
  if (number.end != nullptr && number.end == word.data() + word.size())
    return Extracted{0, false, {}};  // too large
  for (const std::string_view text : {"nan", "inf", "-nan", "-inf"})
    if (word == text) return Extracted{0, false, {}};
  return std::nullopt;
}

}  // namespace

Extracted number_in(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  const Number number = read_number(text);
  if (!is_all(number, text)) return {0, false, {}};
  return {number.value, true, text};
}

std::string_view without_last_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

Extracted number_between(std::string_view line, std::size_t at, std::string_view before,
                         std::string_view after) {
  const char* const end = line.data() + line.size();
  std::size_t size = before.size();
  while (size > 0 && before[size - 1] == ' ') --size;
  const bool blank_follows = size < before.size();
  Extracted missing{0, false, {}, false};
  for (; at != line.npos; at = line.find(before.substr(0, size), at + 1)) {
    const char* from = line.data() + at + size;
    if (blank_follows && from != end && *from != ' ') continue;
    missing.there = true;
    while (from != end && *from == ' ') ++from;
    const Number number = read_number(from, end);
    if (number.end == nullptr || !can_be_figure(number.value)) continue;
    const std::string_view behind(number.end, static_cast<std::size_t>(end - number.end));
    const bool fits =
        after.empty() ? !goes_on(number.end, end) : behind.substr(0, after.size()) == after;
    if (fits) return {number.value, true, {from, static_cast<std::size_t>(number.end - from)}};
  }
  return missing;
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

std::optional<Row> row_in(std::span<const std::string_view> words, std::size_t columns,
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
