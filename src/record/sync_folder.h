#pragma once

#include <string>

namespace ipucnn::record {

/// Puts the name of a file that was made or renamed on disk, as its bytes are.
void sync_folder(const std::string& path);

}  // namespace ipucnn::record
