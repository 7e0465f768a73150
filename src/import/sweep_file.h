#pragma once

#include "import/located.h"
#include "ipucnn/tree.h"

namespace ipucnn::importing {

/// Whether a document has a Weights & Biases sweep: `program:` and the `parameters:` it is given.
bool is_sweep_file(Node document);

/// Its command as a shell's text: a loop for each parameter with several values, and a variable of
/// the environment for one whose values are drawn.
Located sweep_commands(const Places& places, Node document);

}  // namespace ipucnn::importing
