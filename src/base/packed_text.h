#pragma once

#include <cstddef>
#include <string>

namespace ipucnn {

/// A text as zstd packed it when the program was built (ipucnn_embed_text).
struct PackedText {
  const unsigned char* bytes;
  std::size_t packed_size;
  std::size_t size;  ///< 0: there was none
};

std::string unpacked(const PackedText& text);

}  // namespace ipucnn
