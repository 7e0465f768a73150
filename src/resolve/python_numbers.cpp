// Python's grammar of numbers: int() and float() of a text, as the scripts' argparse calls them.
#include "ipucnn/python_numbers.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <string>

#include "base/text.h"

namespace ipucnn::resolving {
namespace {

/// The zero of each set of ten digits beyond ASCII (Unicode's category Nd).
constexpr char32_t kZeros[] = {
    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,
    0xce6,   0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,
    0x1946,  0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,
    0xa900,  0xa9d0,  0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
    0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
};
constexpr char32_t kBlanks[] = {0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

/// The character at the start of a text that is not empty. A byte that begins none stands for
/// itself, which is no digit and no blank.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes == 1 || bytes > text.size()) return {lead < 0x80 ? lead : char32_t{0xfffd}, 1};
  char32_t code = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return {0xfffd, 1};
    code = code << 6U | (byte(i) & 0x3fU);
  }
  return {code, bytes};
}

bool is_blank(char32_t code) {
  return (code >= 0x2000 && code <= 0x200a) ||
         std::find(std::begin(kBlanks), std::end(kBlanks), code) != std::end(kBlanks);
}

/// Digits and blanks of all scripts as the ones of ASCII; '?' for every other character.
std::string in_ascii(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    text.remove_prefix(bytes);
    const auto* above = std::upper_bound(std::begin(kZeros), std::end(kZeros), code);
    if (code < 0x80)
      out += static_cast<char>(code);
    else if (is_blank(code))
      out += ' ';
    else if (above != std::begin(kZeros) && code - *(above - 1) < 10)
      out += static_cast<char>('0' + (code - *(above - 1)));
    else
      out += '?';
  }
  return out;
}

/// Whether a text begins as no number does: most words and paths. A byte beyond ASCII may be a
/// digit or a blank.
bool is_plain_word(std::string_view text) {
  constexpr std::string_view kBeginnings = "0123456789+-._ \t\n\r\f\v";
  if (text.empty() || static_cast<unsigned char>(text.front()) >= 0x80 ||
      kBeginnings.find(text.front()) != std::string_view::npos)
    return false;
  const std::string start = to_lower(text.substr(0, 3));
  return start != "inf" && start != "nan";
}

/// Whether nothing but ASCII digits is in a text, with at most one point between them.
bool is_plain_number(std::string_view text) {
  std::size_t points = 0;
  for (const char c : text) {
    if (!is_digit(c) && c != '.') return false;
    points += c == '.' ? 1 : 0;
  }
  return points < 2 && !text.empty() && is_digit(text.front());
}

/// Without the blanks around it, and without the single underscores that may stand between digits.
/// Absent when an underscore stands elsewhere.
std::optional<std::string> plain_digits(std::string_view text) {
  constexpr std::string_view kAscii = " \t\n\r\f\v";
  if (is_plain_word(text)) return std::nullopt;
  if (is_plain_number(text)) return std::string(text);
  const std::string ascii = in_ascii(text);
  const std::size_t first = ascii.find_first_not_of(kAscii);
  if (first == std::string::npos) return std::nullopt;
  const std::size_t end = ascii.find_last_not_of(kAscii) + 1;
  std::string out;
  for (std::size_t i = first; i < end; ++i) {
    if (ascii[i] != '_') {
      out += ascii[i];
      continue;
    }
    if (i == first || i + 1 == end || !is_digit(ascii[i - 1]) || !is_digit(ascii[i + 1]))
      return std::nullopt;
  }
  return out;
}

}  // namespace

std::optional<std::int64_t> python_int(std::string_view text) {
  const auto digits = plain_digits(text);
  return digits ? parse_int64(*digits) : std::nullopt;
}

bool python_takes_int(std::string_view text) {
  const auto plain = plain_digits(text);
  if (!plain) return false;
  std::string_view digits = *plain;
  if (digits.front() == '-' || digits.front() == '+') digits.remove_prefix(1);
  return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
}

std::optional<double> python_float(std::string_view text) {
  const auto plain = plain_digits(text);
  if (!plain) return std::nullopt;
  std::string digits = to_lower(*plain);
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.erase(0, 1);
  if (digits == "inf" || digits == "infinity")
    return negative ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
  if (digits == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (digits.empty() || !(is_digit(digits.front()) || digits.front() == '.')) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument)
    return std::nullopt;
  if (error == std::errc::result_out_of_range && digits.find("e-") == std::string::npos)
    value = std::numeric_limits<double>::infinity();
  return negative ? -value : value;
}

}  // namespace ipucnn::resolving
