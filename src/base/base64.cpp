#include "base/base64.h"

#include <cstdint>

namespace ipucnn {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const std::size_t taken = bytes.size() < 3 ? bytes.size() : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8U | (i < taken ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= taken ? kDigits[group >> (18 - 6 * i) & 63U] : '=';
    bytes.remove_prefix(taken);
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(4)) {
    if (rest.size() < 4) return std::nullopt;
    std::uint32_t group = 0;
    std::size_t digits = 0;
    for (; digits < 4; ++digits) {
      const std::size_t value = kDigits.find(rest[digits]);
      if (value == kDigits.npos) break;
      group |= static_cast<std::uint32_t>(value) << (18 - 6 * digits);
    }
    for (std::size_t i = 0; i + 1 < digits; ++i)
      out += static_cast<char>(group >> (16 - 8 * i) & 255U);
  }
  // One spelling only: padding elsewhere, or bits that say nothing, are no text of ours.
  if (base64(out) != text) return std::nullopt;
  return out;
}

}  // namespace ipucnn
