#pragma once

#include <string_view>

#include "ipucnn/catalog.h"

namespace ipucnn::load {

/// Whether an application is the one that is wanted; what either leaves out fits all.
inline bool fits(AppId wanted, AppId owner) {
  if (wanted.name.empty()) return true;
  if (wanted.name != owner.name) return false;
  return wanted.release.empty() || owner.release.empty() || wanted.release == owner.release;
}

/// The entry that holds for a name, the last of several.
inline Entry entry_of(Node map, std::string_view name) {
  const Node key = map.find_key(name);
  return key ? Entry{key, map.find(name)} : Entry{};
}

}  // namespace ipucnn::load
