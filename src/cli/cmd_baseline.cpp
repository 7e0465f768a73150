// `baseline set NAME RUN[,RUN...]`, `baseline list`, `baseline remove NAME`.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "cli/baselines.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/lock_file.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/baseline.h"

namespace ipucnn::cli {
namespace {

/// A run's folder, and what it came to.
struct ReadRun {
  std::string folder;
  MeasuredRun measured;
};

std::optional<ReadRun> read_measured(const std::string& name, const std::string& runs,
                                     std::string& error) {
  const auto folder = find_run(runs, name, error);
  const auto run = folder ? read_run(*folder, error) : std::nullopt;
  const auto steps = run ? report_of(*run, {}, error) : std::nullopt;
  if (!steps) return std::nullopt;
  return ReadRun{*folder, measured_run(*run, *steps)};
}

std::optional<std::vector<ReadRun>> read_all(const std::string& names, const std::string& runs,
                                             std::string& error) {
  std::vector<ReadRun> all;
  for (std::size_t from = 0; from <= names.size();) {
    const std::size_t to = std::min(names.find(',', from), names.size());
    const std::string name = names.substr(from, to - from);
    auto run = read_measured(name, runs, error);
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

int fail(const Streams& streams, const std::string& why) {
  say(streams, why);
  return kUsage;
}

int set_baseline(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string& name = split.positionals[1].text;
  if (name.empty() || name == "last")
    return fail(streams, fmt::format("'{}' cannot be the name of a baseline", name));
  std::string error;
  const auto file = baselines_file(world, error);
  if (!file) return fail(streams, error);
  const auto read = read_all(split.positionals[2].text, runs_folder(split, world), error);
  if (!read) return fail(streams, error);
  const auto plan = read_file(read->front().folder + "/plan.json", error);
  if (!plan) return fail(streams, error);
  std::vector<MeasuredRun> runs;
  for (const ReadRun& run : *read) runs.push_back(run.measured);
  const auto text = with_baseline(*file, name, runs, *plan, error);
  const std::string path = baselines_path(world);
  if (!text || !write_file(path, *text, error)) return fail(streams, error);
  say(streams, fmt::format("{} holds {} in {}", name,
                           counted(static_cast<std::int64_t>(runs.size()), "run"), path));
  return kDone;
}

int remove_baseline(const SplitArgv& split, const Streams& streams, const World& world) {
  std::string error;
  const auto file = baselines_file(world, error);
  const auto text = file ? without_baseline(*file, split.positionals[1].text, error) : std::nullopt;
  if (!text || !write_file(baselines_path(world), *text, error)) return fail(streams, error);
  return kDone;
}

int list_baselines(const Streams& streams, const World& world) {
  std::string error;
  const auto file = baselines_file(world, error);
  const auto text = file ? baselines_text(*file, error) : std::nullopt;
  if (!text) return fail(streams, baselines_path(world) + ": " + error);
  if (text->empty())
    say(streams, "there are no baselines; `ipucnn baseline set NAME RUN` makes one");
  streams.out(*text);
  return kDone;
}

}  // namespace

std::string baselines_path(const World& world) {
  const std::string lock = lock_path(world);
  return lock.substr(0, lock.rfind('/') + 1) + "ipucnn.baselines.json";
}

std::optional<std::string> baselines_file(const World& world, std::string& error) {
  std::error_code code;
  const std::string path = baselines_path(world);
  if (!std::filesystem::exists(path, code)) return std::string();
  return read_file(path, error);
}

std::optional<std::vector<MeasuredRun>> measured_side(const std::string& names,
                                                      const std::string& runs_folder, FirstOf first,
                                                      const World& world, const Streams& streams,
                                                      std::string& error) {
  std::string unread;
  const auto file = baselines_file(world, unread);
  auto baseline = file ? read_baseline(*file, names, unread) : std::nullopt;
  if (baseline && names != "last") {
    std::string none;
    const bool both = find_run(runs_folder, names, none).has_value();
    if (both)
      say(streams, fmt::format("{} is a baseline and a run; the {} is taken", names,
                               first == FirstOf::Baselines ? "baseline" : "run"));
    if (!both || first == FirstOf::Baselines) return baseline;
  }
  const auto read = read_all(names, runs_folder, error);
  if (!read) {
    if (!unread.empty()) error = baselines_path(world) + ": " + unread;
    return std::nullopt;
  }
  std::vector<MeasuredRun> side;
  for (const ReadRun& run : *read) side.push_back(run.measured);
  return side;
}

int cmd_baseline(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto& words = split.positionals;
  const std::string what = words.empty() ? "" : words.front().text;
  if (what == "set" && words.size() == 3) return set_baseline(split, streams, world);
  if (what == "remove" && words.size() == 2) return remove_baseline(split, streams, world);
  if (what == "list" && words.size() == 1) return list_baselines(streams, world);
  return usage(streams, "baseline takes `set NAME RUN[,RUN...]`, `remove NAME` or `list`", split);
}

}  // namespace ipucnn::cli
