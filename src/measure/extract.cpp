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

/// The number between two texts, at the first place where all of it fits.
std::optional<Extracted> between(std::string_view line, std::string_view before,
                                 std::string_view after) {
  bool named = false;  // the text before the value stands there, whatever follows it
  for (std::size_t at = line.find(before); at != line.npos; at = line.find(before, at + 1)) {
    std::string_view rest = line.substr(at + before.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    named = true;
    const std::size_t size = number_size(rest);
    const std::string_view behind = rest.substr(size);
    const bool fits = after.empty() ? !goes_on(behind) : behind.substr(0, after.size()) == after;
    if (size == 0 || !fits) continue;
    if (const auto value = parse(rest.substr(0, size)))
      return Extracted{*value, true, rest.substr(0, size)};
  }
  if (!named) return std::nullopt;
  return Extracted{0, false, {}};
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

/// A word of a table's row; absent where it is no figure at all.
std::optional<Extracted> figure(std::string_view word) {
  if (!word.empty() && word.back() == '%') word.remove_suffix(1);
  const std::size_t size = number_size(word);
  if (size > 0 && size == word.size())
    if (const auto value = parse(word)) return Extracted{*value, true, word};
  for (const std::string_view text : {"nan", "inf", "-nan", "-inf"})
    if (word == text) return Extracted{0, false, {}};
  return std::nullopt;
}

}  // namespace

bool is_head(const MetricPattern& metric, std::string_view line) {
  return words_of(line) == words_of(metric.under);
}

std::optional<Row> extract_row(const MetricPattern& metric, std::string_view line) {
  const auto words = words_of(line);
  const std::size_t column = words_of(metric.before).size();
  if (words.size() != words_of(metric.under).size() || column >= words.size()) return std::nullopt;
  Row row;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto found = figure(words[i]);
    if (!found) return std::nullopt;
    if (i == 0 && found->readable) row.first = found->value;
    if (i == column) row.value = *found;
  }
  return row;
}

std::optional<Extracted> extract(const MetricPattern& metric, std::string_view line) {
  if (!metric.line.empty() && line.find(metric.line) == line.npos) return std::nullopt;
  return between(line, metric.before, metric.after);
}

}  // namespace ipucnn
