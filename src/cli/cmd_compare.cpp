#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/baselines.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/compare.h"

namespace ipucnn::cli {
int cmd_compare(const SplitArgv& split, const Streams& streams, const World& world) {
  if (!split.overrides.empty())
    return usage(streams, fmt::format("compare takes no '{}'", split.overrides.front().text),
                 split);
  if (split.positionals.size() != 2)
    return usage(streams, "compare takes two words: the runs to compare with, and the new ones",
                 split);
  CompareInput in;
  if (const auto threshold = split.part(Option::Threshold)) in.threshold = *threshold;
  for (const Word& word : split.values(Option::Metric)) in.metrics.push_back(word.text);
  for (const Word& word : split.values(Option::Across)) in.across.insert(word.text);
  const std::string runs = runs_folder(split, world);
  const BaselinesFile baselines = read_baselines(world);
  std::string error;
  const auto side = [&](std::size_t word, FirstOf first) {
    std::string note;
    auto measured =
        measured_side(split.positionals[word].text, runs, baselines, first, note, error);
    if (!note.empty()) say(streams, note);
    return measured;
  };
  auto base = side(0, FirstOf::Baselines);
  auto next = base ? side(1, FirstOf::Runs) : std::nullopt;
  if (!next) {
    say(streams, error);
    return kUsage;
  }
  in.base = std::move(*base);
  in.next = std::move(*next);
  const auto comparison = compare(in, error);
  if (!comparison) {
    say(streams, error);
    return kUsage;
  }
  for (const std::string& name : comparison->base)
    if (std::find(comparison->next.begin(), comparison->next.end(), name) != comparison->next.end())
      say(streams, fmt::format("the run {} is on both sides", name));
  print_result(streams, format_of(split), comparison_text(*comparison, format_of(split)));
  return comparison->regressed() ? kFindings : kDone;
}

}  // namespace ipucnn::cli
