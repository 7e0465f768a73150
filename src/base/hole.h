#pragma once

#include <string>
#include <string_view>

namespace ipucnn {

/// What stands in a descriptor's text for the value.
inline constexpr std::string_view kHole = "{value}";

/// The text with the value in its hole; as it is when it has none.
inline std::string with_value(std::string_view text, std::string_view value) {
  std::string out(text);
  if (const std::size_t at = out.find(kHole); at != std::string::npos)
    out.replace(at, kHole.size(), value);
  return out;
}

}  // namespace ipucnn
