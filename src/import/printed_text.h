#pragma once

#include <cstddef>

#include "import/shell_words.h"

namespace ipucnn::importing {

/// Puts the rest of a word behind a text, with a blank between. False when a part of it is not
/// known.
bool add_word(const ShellWord& word, std::size_t from, Located& text);

/// What the `echo` or `printf` at word `first` prints. Not known where that hangs on a word that is
/// not, or on a way to format that is not read.
ShellWord printed_text(const ShellCommand& command, std::size_t first);

}  // namespace ipucnn::importing
