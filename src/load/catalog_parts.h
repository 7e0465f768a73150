#pragma once

#include <optional>
#include <string_view>

#include "ipucnn/catalog.h"

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

/// The entry that holds for a name, the last of several.
inline Entry entry_of(Node map, std::string_view name) {
  const Node key = map.find_key(name);
  return key ? Entry{key, map.find(name)} : Entry{};
}

}  // namespace ipucnn::load
