#pragma once

#include <string>
#include <string_view>

namespace ipucnn {

/// FIPS 180-4, as 64 hexadecimal digits.
std::string sha256(std::string_view bytes);
/// The same as its 32 bytes.
std::string sha256_bytes(std::string_view bytes);

}  // namespace ipucnn
