#pragma once

#include <string_view>

namespace ipucnn::importing {

/// Whether a file has the name of one that a shell reads: `run.sh`, `job.SBATCH`, `.envrc`.
bool has_shell_name(std::string_view name);

}  // namespace ipucnn::importing
