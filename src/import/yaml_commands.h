#pragma once

#include <vector>

#include "import/documents.h"

namespace ipucnn::importing {

/// The commands under `cmd:`, `run:`, `command:`, `args:` and their like of YAML trees. What the
/// file sets for them is set in front of each text, and what its program puts in is a variable.
std::vector<CommandText> yaml_commands(const Places& places, const std::vector<Node>& documents);

}  // namespace ipucnn::importing
