#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ipucnn/tree.h"

namespace ipucnn::load {

/// One file of configs/ as it was compiled in.
struct BuiltinFile {
  std::string_view name;
  const NodeRecord* nodes;
  std::uint32_t count;
  std::string_view text;
  std::string_view pool;
  const std::uint32_t* sorted;
};

/// All of them, in the order of the build's list. Defined by the source that ipucnn_embed writes.
std::span<const BuiltinFile> builtin_files();

}  // namespace ipucnn::load
