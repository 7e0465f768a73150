#pragma once

#include <optional>
#include <string_view>

#include "ipucnn/view.h"

namespace ipucnn::view {

/// The figure of a launcher that hands out the replicas, in place of the script's option, which the
/// script ignores then. Absent for any other key, and where both are the same.
std::optional<Setting> launcher_replicas(const CheckInput& in, std::string_view key);

}  // namespace ipucnn::view
