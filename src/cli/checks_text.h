#pragma once

#include <string_view>

namespace ipucnn::cli {

/// docs/checks.md, compiled in.
std::string_view checks_text();

}  // namespace ipucnn::cli
