#pragma once

#include "ipucnn/resolve.h"
#include "resolve/preset_reading.h"

namespace ipucnn::resolving {

/// Keys of the preset that are no option of the application, or no key at all. With a reading of it
/// just those that are odd are looked at.
void check_preset_keys(const ResolveInput& in, const PresetReading* reading,
                       const Settings& settings, Diagnostics& out);

/// Values of the preset that the script would take for something else than they look like, or
/// refuse. Values that a stronger layer overruled are not looked at: the script never sees them.
void check_preset_values(const ResolveInput& in, const Settings& settings, Diagnostics& out);

}  // namespace ipucnn::resolving
