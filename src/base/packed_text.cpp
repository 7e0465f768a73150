#include "base/packed_text.h"

#include <zstd.h>

namespace ipucnn {

std::string unpacked(const PackedText& text) {
  std::string whole(text.size, '\0');
  if (text.size > 0) ZSTD_decompress(whole.data(), whole.size(), text.bytes, text.packed_size);
  return whole;
}

}  // namespace ipucnn
