#pragma once

#include "ipucnn/tree.h"

namespace ipucnn::load {

/// Reports Y006 for keys that stand twice in a mapping with different values; the same value twice
/// changes nothing. An error in a file of ours, a warning in one that the scripts read as well.
void report_duplicate_keys(const Tree& tree, bool upstream, Diagnostics& out);

}  // namespace ipucnn::load
