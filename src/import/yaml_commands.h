#pragma once

#include <string_view>
#include <vector>

#include "import/documents.h"

namespace ipucnn::importing {

/// The text of a scalar that is a command, and where each of its bytes stands; the line ends of a
/// folded one are blanks.
Located scalar_text(const Places& places, Node scalar);

/// The commands under `cmd:`, `run:`, `command:` and `args:` of a YAML tree.
std::vector<CommandText> yaml_commands(const Places& places, const std::vector<Node>& documents);

/// Whether a YAML text is another program's that holds commands: a benchmark list, a workflow, a
/// manifest. Judged by its keys alone, so that one which is no YAML of ours is not read as such.
bool holds_commands(std::string_view text);

}  // namespace ipucnn::importing
