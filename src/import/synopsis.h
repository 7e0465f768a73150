#pragma once

#include "import/shell_words.h"

namespace ipucnn::importing {

/// Whether a document tells with it how commands are written, and means none to be run: words in
/// brackets, `...`, or a value that is its option's name in capitals (`--epochs EPOCHS`).
bool is_synopsis(const ShellCommand& command);

}  // namespace ipucnn::importing
