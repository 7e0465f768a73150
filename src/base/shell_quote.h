#pragma once

#include <string>
#include <string_view>

namespace ipucnn {

/// A word as a POSIX shell reads it back: bare where that is safe, else in quotes.
std::string quoted_for_shell(std::string_view text);

}  // namespace ipucnn
