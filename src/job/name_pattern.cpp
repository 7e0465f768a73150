#include "job/name_pattern.h"

#include <algorithm>

#include "base/text.h"

namespace ipucnn::job {
namespace {

/// What stands in braces: a name, and what is added to its number in the text.
struct Hole {
  std::string_view name;
  std::int64_t more = 0;
};

Hole hole(std::string_view inside) {
  const std::size_t plus = inside.find('+');
  if (plus == std::string_view::npos) return {inside, 0};
  return {inside.substr(0, plus), parse_int64(inside.substr(plus + 1)).value_or(0)};
}

std::optional<std::int64_t> known(const PatternNumbers& numbers, std::string_view name) {
  const auto found =
      std::find_if(numbers.begin(), numbers.end(), [&](const auto& n) { return n.first == name; });
  return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

/// The part of a pattern up to its next hole, and the hole; `rest` is left behind it.
std::optional<Hole> next_hole(std::string_view& rest, std::string_view& before) {
  const std::size_t open = rest.find('{');
  const std::size_t close = rest.find('}', open == std::string_view::npos ? rest.size() : open);
  if (close == std::string_view::npos) {
    before = rest;
    rest = {};
    return std::nullopt;
  }
  before = rest.substr(0, open);
  const Hole found = hole(rest.substr(open + 1, close - open - 1));
  rest.remove_prefix(close + 1);
  return found;
}

}  // namespace

std::optional<PatternNumbers> fitting_numbers(std::string_view pattern, std::string_view text) {
  PatternNumbers numbers;
  while (true) {
    std::string_view before;
    const auto at = next_hole(pattern, before);
    if (text.substr(0, before.size()) != before) return std::nullopt;
    text.remove_prefix(before.size());
    if (!at) return text.empty() ? std::optional(std::move(numbers)) : std::nullopt;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto read = parse_int64(text.substr(0, digits));
    if (!read || *read < at->more) return std::nullopt;
    text.remove_prefix(digits);
    const std::int64_t value = *read - at->more;
    if (known(numbers, at->name).value_or(value) != value) return std::nullopt;
    numbers.emplace_back(at->name, value);
  }
}

std::string with_numbers(std::string_view pattern, const PatternNumbers& numbers) {
  std::string out;
  while (true) {
    std::string_view before;
    const std::string_view whole = pattern;
    const auto at = next_hole(pattern, before);
    out += before;
    if (!at) return out;
    if (const auto value = known(numbers, at->name))
      out += std::to_string(*value + at->more);
    else
      out += whole.substr(before.size(), whole.size() - before.size() - pattern.size());
  }
}

}  // namespace ipucnn::job
