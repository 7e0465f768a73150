#include <charconv>
#include <cmath>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Bytes of a decimal number at the beginning: sign, digits, fraction, exponent. 0: there is none.
std::size_t number_size(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > from;
  };
  const bool whole = digits();
  bool fraction = false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    fraction = digits();
  }
  if (!whole && !fraction) return 0;
  const std::size_t mantissa = at;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (!digits()) at = mantissa;
  }
  return at;
}

/// What may not follow a number: it would be read in part (1,024.5 or 12abc).
bool goes_on(std::string_view rest) {
  if (rest.empty()) return false;
  const char c = rest[0];
  if (is_digit(c) || c == '.' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
    return true;
  return c == ',' && rest.size() > 1 && is_digit(rest[1]);
}

std::optional<double> parse(std::string_view number) {
  if (number.front() == '+') number.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

}  // namespace

std::optional<Extracted> extract(const MetricPattern& metric, std::string_view line) {
  if (!metric.line.empty() && line.find(metric.line) == line.npos) return std::nullopt;
  bool named = false;  // the text before the value stands there, whatever follows it
  for (std::size_t at = line.find(metric.before); at != line.npos;
       at = line.find(metric.before, at + 1)) {
    std::string_view rest = line.substr(at + metric.before.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    named = true;
    const std::size_t size = number_size(rest);
    const std::string_view behind = rest.substr(size);
    const bool fits = metric.after.empty() ? !goes_on(behind)
                                           : behind.substr(0, metric.after.size()) == metric.after;
    if (size == 0 || !fits) continue;
    if (const auto value = parse(rest.substr(0, size)))
      return Extracted{*value, true, rest.substr(0, size)};
  }
  if (!named) return std::nullopt;
  return Extracted{0, false, {}};
}

}  // namespace ipucnn
