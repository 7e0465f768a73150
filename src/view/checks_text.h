#pragma once

#include <string_view>

namespace ipucnn::view {

/// docs/checks.md, compiled in.
std::string_view checks_text();

}  // namespace ipucnn::view
