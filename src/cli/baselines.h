#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/streams.h"
#include "ipucnn/compare.h"

namespace ipucnn::cli {

/// ipucnn.baselines.json beside the project's ipucnn.yml, else in the working folder.
std::string baselines_path(const World& world);

/// Its text, empty when there is no such file. Absent, with the reason, when it cannot be read.
std::optional<std::string> baselines_file(const World& world, std::string& error);

/// Names of runs with commas between them; a single word may be the name of a baseline, unless a
/// run has it. Absent with `error` where one is not there or cannot be read.
std::optional<std::vector<MeasuredRun>> measured_side(const std::string& names,
                                                      const std::string& runs_folder,
                                                      const World& world, std::string& error);

}  // namespace ipucnn::cli
