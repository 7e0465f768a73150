#pragma once

#include <cstdint>
#include <vector>

#include "ipucnn/resolve.h"

namespace ipucnn::resolving {

/// What a preset says, whichever of the application's scripts reads it.
struct PresetReading {
  Settings settings;
  /// Places among its entries whose keys are to be looked at: no text, an older name, or no option.
  std::vector<std::uint32_t> odd_keys;
};

/// Worked out once for all steps that read the preset. Null where the script decides on what is
/// said: keys are flags that may be cut short, or a value is none or a mapping.
const PresetReading* read_preset(const ResolveInput& in);

}  // namespace ipucnn::resolving
