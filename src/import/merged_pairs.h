#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/tree.h"

namespace ipucnn::importing {

using Pairs = std::vector<std::pair<Node, Node>>;

/// The pairs of a mapping as PyYAML merges them: each key once, with the value that wins, where the
/// winner stands.
Pairs merged(Node map);

/// The value of a key; absent when it is missing or null.
Node find(const Pairs& pairs, std::string_view key);

}  // namespace ipucnn::importing
