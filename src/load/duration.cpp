#include "base/text.h"
#include "ipucnn/file_schema.h"

namespace ipucnn {

std::optional<std::int64_t> parse_duration(std::string_view text) {
  constexpr std::size_t kMostDigits = 9;
  constexpr struct {
    char unit;
    std::int64_t seconds;
  } kUnits[] = {{'h', 3600}, {'m', 60}, {'s', 1}};
  std::int64_t total = 0;
  std::size_t next = 0;  // of the units, each of which may stand once and in this order
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits == 0 || digits > kMostDigits) return std::nullopt;
    const std::int64_t number = *parse_int64(text.substr(0, digits));
    text.remove_prefix(digits);
    if (text.empty()) return next == 0 ? std::optional(number) : std::nullopt;  // seconds alone
    while (next < std::size(kUnits) && kUnits[next].unit != text.front()) ++next;
    if (next == std::size(kUnits)) return std::nullopt;
    total += number * kUnits[next++].seconds;
    text.remove_prefix(1);
  }
  return total;
}

std::optional<std::int64_t> duration_of(Node node) {
  if (!node.is_scalar()) return std::nullopt;
  std::optional<std::int64_t> seconds;
  if (node.type() == ScalarType::Int) seconds = yaml_int(node.text());
  if (node.type() == ScalarType::String) seconds = parse_duration(node.text());
  return seconds.value_or(-1) < 0 ? std::nullopt : seconds;
}

}  // namespace ipucnn
