#pragma once

#include <string>
#include <string_view>

namespace ipucnn {

/// Whether PyYAML's full_load makes a date of a plain scalar.
bool is_timestamp(std::string_view text);

/// The same date, and time where there is one, as Python's str() writes it.
std::string timestamp_text(std::string_view timestamp);

}  // namespace ipucnn
