// What the words of a run say of limits, tries and steps, and which run it goes on with.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/run_plans.h"

namespace ipucnn::cli {
namespace {

std::optional<std::string> text_of(const SplitArgv& split, Option option) {
  const auto word = split.value(option);
  return word ? std::optional(word->text) : std::nullopt;
}

/// What --retry-on names, each with its word.
std::vector<std::pair<std::string, Word>> causes_of(const SplitArgv& split) {
  std::vector<std::pair<std::string, Word>> causes;
  for (const Word& word : split.values(Option::RetryOn))
    for (std::string_view rest = word.text; !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      causes.emplace_back(rest.substr(0, comma), word);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  return causes;
}

/// All that the plans know of a kind, each name once.
std::vector<std::string> names_in(const std::vector<PlannedRun>& runs,
                                  std::vector<std::string> (*names_of)(const JobPlan&)) {
  std::vector<std::string> names;
  for (const PlannedRun& run : runs)
    for (std::string& name : names_of(run.plan))
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(std::move(name));
  return names;
}

/// A word of ours that names what no plan has.
struct UnknownName {
  Word word;
  std::string message;
};

std::optional<UnknownName> unknown_phase(const std::vector<PlannedRun>& runs,
                                         const SplitArgv& split) {
  const auto known = names_in(runs, limit_names);
  for (const Word& limit : split.values(Option::Limit)) {
    const std::string phase = limit.text.substr(0, limit.text.find('='));
    if (std::find(known.begin(), known.end(), phase) == known.end())
      return UnknownName{limit, fmt::format("the job has no phase '{}'; a limit is for {}", phase,
                                            fmt::join(known, ", "))};
  }
  return std::nullopt;
}

std::optional<UnknownName> unknown_cause(const std::vector<PlannedRun>& runs,
                                         const SplitArgv& split) {
  const auto known = names_in(runs, retry_names);
  for (const auto& [cause, word] : causes_of(split)) {
    if (std::find(known.begin(), known.end(), cause) == known.end())
      return UnknownName{
          word, fmt::format("'{}' is nothing that is tried again; --retry-on takes {}", cause,
                            fmt::join(known, ", "))};
    if (cause == kCrash && !split.has(Option::Resume))
      return UnknownName{word,
                         "a crash is tried again only with --resume, from the newest checkpoint"};
  }
  return std::nullopt;
}

std::optional<UnknownName> take_first_step(std::vector<PlannedRun>& runs, const SplitArgv& split) {
  const auto word = split.value(Option::FromStep);
  if (!word) return std::nullopt;
  for (PlannedRun& run : runs) {
    const auto number = find_step(run.plan, word->text);
    if (!number) {
      std::vector<std::string> names;
      for (const Step& step : run.plan.steps) names.push_back(step.name);
      return UnknownName{*word, fmt::format("the job has no step '{}'; it has {}", word->text,
                                            fmt::join(names, ", "))};
    }
    run.first_step = *number;
  }
  return std::nullopt;
}

/// False when it must not go on, which is said.
bool go_on_with_newest(PlannedRun& run, const SplitArgv& split, const Streams& streams) {
  std::string error;
  auto going = resume_newest(run.parent, run.plan, text_of(split, Option::Name), error);
  if (!error.empty()) {
    say(streams, error);
    return false;
  }
  if (going) {
    go_on(*std::move(going), run, streams);
    return true;
  }
  run.begins_anew = was_left_off(run.parent, run.plan, text_of(split, Option::Name));
  say(streams,
      fmt::format("no run in {} has left a checkpoint of this job; it begins anew", run.parent));
  return true;
}

}  // namespace

void go_on(Resumption going, PlannedRun& run, const Streams& streams) {
  say(streams, "it goes on " + going.says);
  run.plan = std::move(going.plan);
  run.first_step = going.first_step;
  run.origin = std::move(going.origin);
}

RunSettings run_settings(const SplitArgv& split) {
  RunSettings settings;
  if (const auto grace = split.number(Option::Grace)) settings.grace = std::chrono::seconds(*grace);
  if (const auto stall = split.number(Option::StallTimeout))
    settings.limits.push_back({"stall", *stall});
  if (const auto all = split.number(Option::Timeout)) settings.limits.push_back({"run", *all});
  if (const auto most = split.number(Option::MaxPending))
    settings.limits.push_back({std::string(kPending), *most});
  if (const auto times = split.number(Option::Retries)) {
    settings.retry = Retry{*times, {}};
    for (const auto& [id, unused] : causes_of(split)) settings.retry->on.push_back(id);
  }
  settings.resume = split.has(Option::Resume);
  for (const Given& given : split.given)
    if (given.row->id == Option::Limit && given.value && given.number)
      settings.limits.push_back(
          {given.value->text.substr(0, given.value->text.find('=')), *given.number});
  return settings;
}

StartSettings start_settings(const SplitArgv& split, const World& world) {
  return {run_settings(split),
          text_of(split, Option::Name),
          text_of(split, Option::Notes),
          std::string(program_version()),
          world.folder,
          !preflight_is(split, "skip")};
}

std::optional<int> take_run_words(std::vector<PlannedRun>& runs, const SplitArgv& split,
                                  const Streams& streams, const World& world) {
  for (const auto& unknown :
       {unknown_phase(runs, split), unknown_cause(runs, split), take_first_step(runs, split)})
    if (unknown) return misused(unknown->word, unknown->message, split, streams, world);
  if (!split.has(Option::Resume) || split.has(Option::FromStep)) return std::nullopt;
  if (runs.size() > 1) {
    // Which run was of which value of a sweep is not told by their names.
    say(streams, "of several runs none goes on with an earlier one; each begins anew");
    return std::nullopt;
  }
  for (PlannedRun& run : runs)
    if (!run.origin && !go_on_with_newest(run, split, streams)) return kFindings;
  return std::nullopt;
}

}  // namespace ipucnn::cli
