#pragma once

#include <vector>

#include "import/shell_words.h"

namespace ipucnn::importing {

/// Takes away what a pipe into a copying program would say: nothing is lost there.
void settle_pipes(std::vector<ShellCommand>& commands);

/// A command that a lost backslash ended: the next one's words and marks belong to it.
void continue_with(ShellCommand& command, ShellCommand next);

/// Puts options at the start of a line behind the command above them; `joins` tells of each entry
/// whether no empty line stands above it.
void join_options(std::vector<ShellCommand>& commands, const std::vector<bool>& joins);

/// Where one command has a prompt, takes away lines without: they are what the commands printed.
void keep_prompted(std::vector<ShellCommand>& commands);

}  // namespace ipucnn::importing
