#pragma once

#include "import/located.h"
#include "ipucnn/tree.h"

namespace ipucnn::importing {

/// The text of a scalar that is a command, and where each of its bytes stands. Nobody but a
/// splitter of words reads it: the line ends of a folded one are blanks.
Located scalar_text(const Places& places, Node scalar);

/// The same where a shell reads the text, to which a line end is one.
Located shell_text(const Places& places, Node scalar);

/// The same where it may be either: only a line end that an indentation keeps is a blank.
Located shell_or_words(const Places& places, Node scalar);

}  // namespace ipucnn::importing
