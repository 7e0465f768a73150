#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ipucnn {

/// Columns that a terminal shows a text in: two for a character of East Asia or a picture, none for
/// an accent that stands behind its letter. Of bytes that are no UTF-8 as many as there are
/// characters (text.h).
std::size_t terminal_columns(std::string_view utf8);

/// Adds a cell of so many columns; a longer text stays as it is.
void append_padded(std::string& line, std::string_view cell, std::size_t columns,
                   bool to_the_right = false);
std::string padded(std::string_view cell, std::size_t columns, bool to_the_right = false);

}  // namespace ipucnn
