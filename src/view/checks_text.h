#pragma once

#include <cstddef>

namespace ipucnn::view {

/// A text as zstd packed it when the program was built.
struct PackedText {
  const unsigned char* bytes;
  std::size_t packed_size;
  std::size_t size;
};

/// docs/checks.md, compiled in.
PackedText checks_document();

}  // namespace ipucnn::view
