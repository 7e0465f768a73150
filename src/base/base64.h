#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ipucnn {

/// RFC 4648 with padding, on one line.
std::string base64(std::string_view bytes);
/// Absent when the text is not what base64() writes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace ipucnn
