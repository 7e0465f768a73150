#pragma once

#include <vector>

#include "import/documents.h"

namespace ipucnn::importing {

/// The commands under `cmd:`, `run:`, `command:` and `args:` of YAML trees.
std::vector<CommandText> yaml_commands(const Places& places, const std::vector<Node>& documents);

}  // namespace ipucnn::importing
