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

/// What a side of a comparison may be called, first of all.
enum class FirstOf : std::uint8_t { Baselines, Runs };

/// Names of runs with commas between them, or the name of a baseline; `first` decides where it is
/// both, and a note says so. Absent with `error` where one is not there or cannot be read.
std::optional<std::vector<MeasuredRun>> measured_side(const std::string& names,
                                                      const std::string& runs_folder, FirstOf first,
                                                      const World& world, const Streams& streams,
                                                      std::string& error);

}  // namespace ipucnn::cli
