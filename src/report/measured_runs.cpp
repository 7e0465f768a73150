#include "ipucnn/measured_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ipucnn/baseline.h"

namespace ipucnn {
namespace {

std::optional<ReadRun> read_one(const std::string& name, const std::string& runs,
                                std::string& error) {
  const auto folder = find_run(runs, name, error);
  const auto run = folder ? read_run(*folder, error) : std::nullopt;
  const auto steps = run ? report_of(*run, {}, error) : std::nullopt;
  if (!steps) return std::nullopt;
  return ReadRun{*folder, measured_run(*run, *steps)};
}

}  // namespace

std::optional<std::vector<ReadRun>> read_measured_runs(const std::string& names,
                                                       const std::string& runs,
                                                       std::string& error) {
  std::vector<ReadRun> all;
  for (std::size_t from = 0; from <= names.size();) {
    const std::size_t to = std::min(names.find(',', from), names.size());
    const std::string name = names.substr(from, to - from);
    auto run = read_one(name, runs, error);
    if (!run) return std::nullopt;
    // A run that counts twice would be a proof of nothing.
    if (std::any_of(all.begin(), all.end(), [&](const ReadRun& other) {
          std::error_code unknown;
          return std::filesystem::equivalent(other.folder, run->folder, unknown);
        })) {
      error = fmt::format("the run {} is given twice, as '{}' too", run->measured.name, name);
      return std::nullopt;
    }
    all.push_back(*std::move(run));
    from = to + 1;
  }
  return all;
}

std::optional<std::vector<MeasuredRun>> measured_side(const std::string& names,
                                                      const std::string& runs_folder,
                                                      const BaselinesFile& file, FirstOf first,
                                                      std::string& note, std::string& error) {
  std::string unread = file.unread;
  auto baseline = file.text ? read_baseline(*file.text, names, unread) : std::nullopt;
  if (baseline && names != "last") {
    std::string none;
    const bool both = find_run(runs_folder, names, none).has_value();
    if (both)
      note = fmt::format("{} is a baseline and a run; the {} is taken", names,
                         first == FirstOf::Baselines ? "baseline" : "run");
    if (!both || first == FirstOf::Baselines) return baseline;
  }
  auto read = read_measured_runs(names, runs_folder, error);
  if (!read) {
    if (!unread.empty()) error = file.path + ": " + unread;
    return std::nullopt;
  }
  std::vector<MeasuredRun> side;
  for (ReadRun& run : *read) side.push_back(std::move(run.measured));
  return side;
}

}  // namespace ipucnn
