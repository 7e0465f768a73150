#pragma once

#include <string>

#include "ipucnn/resolve.h"

namespace ipucnn::resolving {

/// Why `--config NAME` would not give the script these values; empty when it does.
std::string why_written_out(const Catalog& catalog, AppId application, const FlatPreset& preset);

}  // namespace ipucnn::resolving
