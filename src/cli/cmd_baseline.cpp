// `baseline set NAME RUN[,RUN...]`, `baseline list`, `baseline remove NAME`.
#include <fmt/format.h>

#include <filesystem>

#include "base/text.h"
#include "cli/baselines.h"
#include "cli/commands.h"
#include "cli/lock_file.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/baseline.h"
#include "ipucnn/text_file.h"

namespace ipucnn::cli {
namespace {

int fail(const Streams& streams, const std::string& why) {
  say(streams, why);
  return kUsage;
}

int set_baseline(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string& name = split.positionals[1].text;
  if (name.empty() || name == "last")
    return fail(streams, fmt::format("'{}' cannot be the name of a baseline", name));
  const BaselinesFile file = read_baselines(world);
  if (!file.text) return fail(streams, file.unread);
  std::string error;
  const auto read = read_measured_runs(split.positionals[2].text, runs_folder(split, world), error);
  if (!read) return fail(streams, error);
  const auto plan = read_file(read->front().folder + "/plan.json", error);
  if (!plan) return fail(streams, error);
  std::vector<MeasuredRun> runs;
  for (const ReadRun& run : *read) runs.push_back(run.measured);
  const auto text = with_baseline(*file.text, name, runs, *plan, error);
  if (!text || !write_file(file.path, *text, error)) return fail(streams, error);
  say(streams, fmt::format("{} holds {} in {}", name,
                           counted(static_cast<std::int64_t>(runs.size()), "run"), file.path));
  return kDone;
}

int remove_baseline(const SplitArgv& split, const Streams& streams, const World& world) {
  const BaselinesFile file = read_baselines(world);
  std::string error = file.unread;
  const auto text =
      file.text ? without_baseline(*file.text, split.positionals[1].text, error) : std::nullopt;
  if (!text || !write_file(file.path, *text, error)) return fail(streams, error);
  return kDone;
}

int list_baselines(const Streams& streams, const World& world) {
  const BaselinesFile file = read_baselines(world);
  std::string error = file.unread;
  const auto text = file.text ? baselines_text(*file.text, error) : std::nullopt;
  if (!text) return fail(streams, file.path + ": " + error);
  if (text->empty())
    say(streams, "there are no baselines; `ipucnn baseline set NAME RUN` makes one");
  streams.out(*text);
  return kDone;
}

}  // namespace

BaselinesFile read_baselines(const World& world) {
  const std::string lock = lock_path(world);
  BaselinesFile file{lock.substr(0, lock.rfind('/') + 1) + "ipucnn.baselines.json", std::string()};
  std::error_code code;
  if (std::filesystem::exists(file.path, code)) file.text = read_file(file.path, file.unread);
  return file;
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
