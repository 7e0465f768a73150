#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/compare.h"

namespace ipucnn {

// A file of baselines, schema ipucnn.baselines/1: by name what runs came to, small enough for a
// repository. It holds their plan and the values that count; logs are not kept.

/// The file with a baseline added, or in place of the one of that name. `plan_json` is the plan of
/// the first run, as its folder has it. Absent, with the reason, when the file is none of these or
/// the runs are not alike.
std::optional<std::string> with_baseline(std::string_view file, const std::string& name,
                                         const std::vector<MeasuredRun>& runs,
                                         std::string_view plan_json, std::string& error);

/// The file without it. Absent, with the reason, when it is not there.
std::optional<std::string> without_baseline(std::string_view file, const std::string& name,
                                            std::string& error);

/// The runs of a baseline. Absent when the file has none of this name; `error` is set only where it
/// cannot be read.
std::optional<std::vector<MeasuredRun>> read_baseline(std::string_view file,
                                                      const std::string& name, std::string& error);

/// What the file holds, for people: name, runs, job and mean of each rate and duration. Absent with
/// `error` when it cannot be read.
std::optional<std::string> baselines_text(std::string_view file, std::string& error);

}  // namespace ipucnn
