#pragma once

#include <string_view>
#include <vector>

#include "base/suggest.h"
#include "ipucnn/tree.h"

namespace ipucnn::load {

/// Spells a key of a mapping as it was meant beyond doubt; none where the mapping has that key
/// already, for a second one would be another fault.
inline std::vector<Edit> certain_key(Node mapping, Node key,
                                     const std::vector<std::string_view>& names) {
  std::vector<Edit> edit = certain_edit(key.at(), key.text(), names);
  if (!edit.empty() && mapping.find(edit.front().text)) edit.clear();
  return edit;
}

}  // namespace ipucnn::load
