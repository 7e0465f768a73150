#pragma once

#include <string_view>

namespace ipucnn {

/// Whether PyYAML's full_load makes a date of a plain scalar.
bool is_timestamp(std::string_view text);

}  // namespace ipucnn
