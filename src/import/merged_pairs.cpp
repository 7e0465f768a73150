// Merge keys of files that are not ours.
#include "import/merged_pairs.h"

#include <algorithm>

namespace ipucnn::importing {
namespace {

/// More than any file of people holds; what grows beyond it is an alias bomb.
constexpr std::size_t kMostPairs = 10'000;

bool is_merge_key(Node key) { return key.is_plain() && key.text() == "<<"; }

/// The pairs of a mapping as PyYAML merges them, weakest first.
void collect(Node map, Pairs& out) {
  if (out.size() > kMostPairs) return;
  map.each_pair([&](Node key, Node value) {
    if (!is_merge_key(key)) return;
    if (value.is_map()) return collect(value, out);
    if (!value.is_list()) return;
    // Of several merged mappings the first wins, so it comes last.
    std::vector<Node> items;
    for (const Node item : value) items.push_back(item);
    for (auto item = items.rbegin(); item != items.rend(); ++item) collect(*item, out);
  });
  map.each_pair([&](Node key, Node value) {
    if (!is_merge_key(key) && out.size() <= kMostPairs) out.emplace_back(key, value);
  });
}

}  // namespace

Pairs merged(Node map) {
  Pairs all;
  collect(map, all);
  Pairs out;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (std::none_of(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end(),
                     [&](const auto& later) { return later.first.text() == all[i].first.text(); }))
      out.push_back(all[i]);
  return out;
}

Node find(const Pairs& pairs, std::string_view key) {
  for (const auto& [name, value] : pairs)
    if (name.text() == key) return value.is_null() ? Node{} : value;
  return {};
}

}  // namespace ipucnn::importing
