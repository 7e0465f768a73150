#pragma once

#include <string_view>

#include "ipucnn/diagnostic.h"

namespace ipucnn {

/// Warns (L003) where a shell would have expanded a part of a value that no shell sees: `$NAME`,
/// `${...}` or `$(...)`. `${env:...}` is our own way to ask for a variable.
void report_literal_dollar(std::string_view value, Span at, Diagnostics& out);

}  // namespace ipucnn
