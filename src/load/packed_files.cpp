// Files of configs/ that few commands read, and that would make a twentieth of the program.
#include <cstring>
#include <string>

#include "base/packed_text.h"
#include "load/builtin.h"

namespace ipucnn::load {
namespace {

void fill_nodes(const PackedArray& array, const char* from) {
  auto* nodes = static_cast<NodeRecord*>(array.at);
  const std::size_t count = array.size / sizeof(NodeRecord);
  for (std::size_t column = 0; column < NodeWords{}.size(); ++column) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t more = 0;
      std::memcpy(&more, from, sizeof more);
      from += sizeof more;
      number += more;
      std::memcpy(reinterpret_cast<char*>(nodes + i) + column * sizeof number, &number,
                  sizeof number);
    }
  }
}

bool fill(const PackedFiles& packed) {
  std::size_t size = 0;
  for (const PackedArray& array : packed.arrays) size += array.size;
  const std::string bytes = unpacked({packed.bytes.data(), packed.bytes.size(), size});
  const char* from = bytes.data();
  for (const PackedArray& array : packed.arrays) {
    if (array.is_nodes)
      fill_nodes(array, from);
    else
      std::memcpy(array.at, from, array.size);
    from += array.size;
  }
  return true;
}

}  // namespace

void unpack_files() { [[maybe_unused]] static const bool kFilled = fill(packed_files()); }

}  // namespace ipucnn::load
