#pragma once

#include <cstddef>

#include "import/shell_words.h"

namespace ipucnn::importing {

/// Index of the program: behind assignments and programs that start another (`time`, `env`,
/// `srun`). Where one of ours is started so and a job loses something by it, a gap says what.
std::size_t behind_wrappers(ShellCommand& command);

}  // namespace ipucnn::importing
