#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/compare.h"

namespace ipucnn::cli {
namespace {

/// The runs of one side: names with commas between them.
std::optional<std::vector<MeasuredRun>> read_side(const std::string& names, const std::string& runs,
                                                  std::string& error) {
  std::vector<MeasuredRun> side;
  for (std::size_t from = 0; from <= names.size();) {
    const std::size_t to = std::min(names.find(',', from), names.size());
    const auto folder = find_run(runs, names.substr(from, to - from), error);
    auto run = folder ? read_run(*folder, error) : std::nullopt;
    auto steps = run ? report_of(*run, {}, error) : std::nullopt;
    if (!steps) return std::nullopt;
    side.push_back({std::move(*run), std::move(*steps)});
    from = to + 1;
  }
  return side;
}

}  // namespace

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
  std::string error;
  auto base = read_side(split.positionals[0].text, runs, error);
  auto next = base ? read_side(split.positionals[1].text, runs, error) : std::nullopt;
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
  streams.out(comparison_text(*comparison, format_of(split)));
  return comparison->regressed() ? kFindings : kDone;
}

}  // namespace ipucnn::cli
