#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "load/builtin.h"

namespace ipucnn::load {

/// The application that a text names, where it is the one that is wanted; what either leaves out
/// fits all.
inline std::optional<AppId> id_if_wanted(std::string_view text, AppId wanted) {
  // Most of the many releases are told apart without taking their names to pieces.
  if (!text.starts_with(wanted.name)) return std::nullopt;
  const std::string_view behind = text.substr(wanted.name.size());
  const bool has_release = !wanted.name.empty() && behind.starts_with('@');
  if (has_release && !behind.substr(1).starts_with(wanted.release)) return std::nullopt;
  const AppId owner = parse_app_id(text);
  if (wanted.name.empty()) return owner;
  if (wanted.name != owner.name) return std::nullopt;
  const bool same =
      wanted.release.empty() || owner.release.empty() || wanted.release == owner.release;
  return same ? std::optional(owner) : std::nullopt;
}

/// Calls `visit(text, key, value)` for each entry of a section (other than jobs) in all files,
/// whose mappings are `parts`, the built-in ones first and without a look into them.
template <typename Visit>
void each_name(const std::deque<Catalog::File>& files, const std::vector<Node>& parts,
               Section section, Visit visit) {
  const auto read = [&](Node key, Node value) { visit(key.text(), key, value); };
  std::size_t number = 0;
  std::size_t built_in = 0;
  for (const BuiltinFile& file : builtin_files()) {
    const Tree& tree = files[number++].tree;
    for (const BuiltinSection& of : file.sections) {
      if (of.section != section) continue;
      if (of.keys.empty()) parts[built_in].each_pair(read);
      for (const BuiltinKey& key : of.keys)
        visit(key.text, Node::unread(&tree, key.key), Node::unread(&tree, key.value));
      ++built_in;
    }
  }
  for (std::size_t i = built_in; i < parts.size(); ++i) parts[i].each_pair(read);
}

/// The entry that holds for a name, the last of several.
inline Entry entry_of(Node map, std::string_view name) {
  const Node key = map.find_key(name);
  return key ? Entry{key, map.find(name)} : Entry{};
}

}  // namespace ipucnn::load
