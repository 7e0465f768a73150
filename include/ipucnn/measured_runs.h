#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/compare.h"

namespace ipucnn {

/// A run's folder, and what it came to.
struct ReadRun {
  std::string folder;
  MeasuredRun measured;
};
/// Of the runs with these names (see find_run), which commas part. Absent, with the reason, when
/// one is not there, cannot be read, or is given twice.
std::optional<std::vector<ReadRun>> read_measured_runs(const std::string& names,
                                                       const std::string& runs_folder,
                                                       std::string& error);

/// A file of baselines (see baseline.h) as it was read.
struct BaselinesFile {
  std::string path;
  std::optional<std::string> text;  ///< empty where there is no file; absent: it cannot be read
  std::string unread{};             ///< why
};

/// What a side of a comparison may be called, first of all.
enum class FirstOf : std::uint8_t { Baselines, Runs };

/// Names of runs, or the name of a baseline; `first` decides where it is both, and `note` says so.
/// Absent with `error` where one is not there or cannot be read.
std::optional<std::vector<MeasuredRun>> measured_side(const std::string& names,
                                                      const std::string& runs_folder,
                                                      const BaselinesFile& file, FirstOf first,
                                                      std::string& note, std::string& error);

}  // namespace ipucnn
