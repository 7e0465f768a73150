#pragma once

#include <optional>
#include <string>

#include "cli/streams.h"
#include "ipucnn/lock.h"

namespace ipucnn::cli {

/// ipucnn.lock beside the project's ipucnn.yml, else in the working folder.
std::string lock_path(const World& world);

/// Reads the file. Absent with a finding when it cannot be read.
std::optional<LockFile> read_lock(Sources& sources, const World& world, Diagnostics& findings);

}  // namespace ipucnn::cli
