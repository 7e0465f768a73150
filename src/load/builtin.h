#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ipucnn/app_table.h"
#include "ipucnn/catalog.h"
#include "ipucnn/tree.h"

namespace ipucnn::load {

/// A key of a mapping, and the nodes that it and its value are.
struct BuiltinKey {
  std::string_view text;
  std::uint32_t key;
  std::uint32_t value;
};

/// A section of a file, and the keys of its mapping; none where one of its values is an alias. A
/// start looks through the names of all files, and these stand on few pages.
struct BuiltinSection {
  Section section;
  std::uint32_t body;
  std::span<const BuiltinKey> keys;
};

/// One file of configs/ as it was compiled in.
struct BuiltinFile {
  std::string_view name;
  const NodeRecord* nodes;
  std::uint32_t count;
  std::string_view text;
  std::string_view pool;
  const std::uint32_t* sorted;
  bool packed;  ///< see packed_files(); such a file holds jobs and nothing else
  std::span<const BuiltinSection> sections;  ///< none of a packed file
};

/// All of them, in the order of the build's list. Defined by the source that ipucnn_embed writes,
/// as are the next.
std::span<const BuiltinFile> builtin_files();

/// One of the arrays that stand in the packed bytes.
struct PackedArray {
  void* at;
  std::size_t size;  ///< in bytes
  /// Stands column by column, each number less the one before it, which packs twice as well.
  bool is_nodes;
};
/// The arrays of the files that are packed, as zstd packed one after the other. They are zero until
/// unpack_files() was called.
struct PackedFiles {
  std::span<const unsigned char> bytes;
  std::span<const PackedArray> arrays;
};
PackedFiles packed_files();
/// Fills the arrays, once for the process.
void unpack_files();
/// What stands under the only key of such a file, `jobs`; to be read once they are unpacked.
inline Node packed_jobs(const Tree& tree) {
  constexpr std::uint32_t kValue = 2;  // behind the mapping and its key
  return Node::unread(&tree, kValue);
}

/// A table in which an application was laid over what it extends.
struct BuiltinTree {
  const NodeRecord* nodes;
  std::uint32_t count;
  std::string_view pool;
  std::uint32_t file;                     ///< whose place it takes
  std::span<const std::uint32_t> others;  ///< trees that its nodes stand in, by number
};

/// A preset of an application's own.
struct BuiltinPreset {
  const NodeRecord* body;
  std::optional<std::int64_t> batch;  ///< see preset_batch()
};

/// An application as it was compiled in. Trees are numbered: first the files, then `merged`.
struct BuiltinApp {
  const NodeRecord* body;                ///< as it is written
  std::span<const BuiltinTree> merged;   ///< from the farthest base on; empty: it extends nothing
  std::span<const std::uint32_t> trees;  ///< of the table; kNone: another application's
  /// Without its trees. What its records refer to by range or number stands in arrays that all
  /// applications share.
  AppTable table;
  std::span<const BuiltinPreset> presets;  ///< those that extend nothing
};
std::span<const BuiltinApp> builtin_apps();

}  // namespace ipucnn::load
