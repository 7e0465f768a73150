#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ipucnn {

/// Broken at blanks into lines of at most `width` characters, where words allow it: the first
/// begins at column `indent`, the others get so many blanks.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// Every line of a text that is wider than `width` broken so: what goes on stands below what
/// follows the line's name (two blanks part them), or two blanks in. Width 0: the text as it is.
std::string wrapped_lines(std::string_view text, std::size_t width);

}  // namespace ipucnn
