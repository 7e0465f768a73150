#pragma once

#include <fmt/format.h>
#include <zstd.h>

#include <optional>
#include <string>
#include <string_view>

namespace ipucnn::embedding {

/// As zstd packs it as small as it can; absent when it cannot.
inline std::optional<std::string> packed(std::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), ZSTD_maxCLevel());
  if (ZSTD_isError(size) != 0) return std::nullopt;
  packed.resize(size);
  return packed;
}

/// The numbers of a C++ array; never empty, since C++ knows no such array.
inline std::string array_body(std::string_view bytes) {
  constexpr std::size_t kInALine = 24;
  std::string code;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    code += fmt::format("{}{},", i % kInALine == 0 ? "\n    " : "",
                        static_cast<int>(static_cast<unsigned char>(bytes[i])));
  return code.empty() ? "0" : code;
}

}  // namespace ipucnn::embedding
