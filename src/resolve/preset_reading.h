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
  std::vector<FactName> maps;  ///< options that get a mapping, as one word
};

/// Worked out once for all steps that read the preset. Null where the script decides on what is
/// said: a key is a flag that was cut short, or a value is none or a mapping that it takes not as
/// one word.
const PresetReading* read_preset(const ResolveInput& in);

}  // namespace ipucnn::resolving
