#pragma once

#include <string>

#include "ipucnn/tree.h"

namespace ipucnn {

/// What Python's str() makes of a scalar as PyYAML reads it, which is what Python programs put into
/// a command for it: True for yes, 8 for 010, 1.5 for 1.50, None for null. Texts stay as they are,
/// and so does what only looks like a date. Empty for a list or a mapping.
std::string python_text(Node node);

}  // namespace ipucnn
