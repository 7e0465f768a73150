#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ipucnn::resolving {

/// What stays when a preset moves to another machine; the words of --keep in this order.
enum class Keep : std::uint8_t { GlobalBatch, MicroBatch, Accumulation };
inline constexpr std::array<std::string_view, 3> kKeepWords = {"global-batch", "micro-batch",
                                                               "accumulation"};

/// Absent for a word that is none of them.
constexpr std::optional<Keep> parse_keep(std::string_view word) {
  for (std::size_t i = 0; i < kKeepWords.size(); ++i)
    if (kKeepWords.at(i) == word) return static_cast<Keep>(i);
  return std::nullopt;
}

}  // namespace ipucnn::resolving
