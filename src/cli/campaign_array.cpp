// What goes together of the starts of a campaign, and what Slurm is handed of them.
#include "cli/campaign_array.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "ipucnn/emit.h"

namespace ipucnn::cli {
namespace {

/// A second try beside the others of an array would be one more than its limit.
bool may_be_tried_again(const JobPlan& plan, const std::optional<Retry>& asked) {
  if (asked) return asked->times > 0;
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const Step& step) { return step.retry && step.retry->times > 0; });
}

/// Equal of those that can go together; empty of one that goes alone.
std::string key_of(const CampaignCase& one, const std::optional<Retry>& retry) {
  const auto work = one.work ? one.work() : nullptr;
  if (!work || may_be_tried_again(work->plan, retry) ||
      work->parent.find('\n') != std::string::npos)
    return {};
  const std::string key = batch_array_key(work->plan);
  return key.empty() ? key : one.entry + "\n" + key;
}

/// In single quotes for a shell's here-document.
std::string here_document(const std::string& text) {
  std::string end = "END_OF_SCRIPT";
  while (text.find("\n" + end + "\n") != std::string::npos) end += "_";
  return fmt::format("<<'{0}'\n{1}{0}\n", end, text);
}

std::string script_of(const CampaignCase& one, std::string_view format) {
  std::string text;
  const auto artifacts = emit(one.work()->plan, format);
  for (const Artifact& artifact : *artifacts) text += artifact.text;
  return text;
}

std::string shown_name(const CampaignItem& item, const std::vector<CampaignCase>& cases,
                       const CampaignWords& words) {
  return printable(cases[item.of].name) +
         (words.repeat > 1 ? fmt::format(", start {}", item.number) : "");
}

}  // namespace

WaitingStarts::WaitingStarts(const std::vector<CampaignCase>& cases, const SplitArgv& split)
    : counts_(1) {
  const std::optional<Retry> retry = run_settings(split).retry;
  std::map<std::string, std::size_t> known{{"", 0}};
  std::map<std::string_view, std::size_t> siblings;
  for (const CampaignCase& one : cases) ++siblings[one.entry];
  for (const CampaignCase& one : cases) {
    const bool may_be = via_of(split) == Via::Slurm && siblings[one.entry] > 1;
    const std::string key = may_be ? key_of(one, retry) : "";
    kinds_.push_back(known.try_emplace(key, known.size()).first->second);
  }
  counts_.resize(known.size());
}

void WaitingStarts::add(const CampaignItem& item) {
  items_.push_back(item);
  ++counts_[kinds_[item.of]];
}

std::size_t WaitingStarts::alike() const {
  const std::size_t kind = kinds_[items_.front().of];
  return kind == 0 ? 1 : counts_[kind];
}

std::vector<CampaignItem> WaitingStarts::take(std::size_t most) {
  const std::size_t kind = kinds_[items_.front().of];
  const std::size_t count = std::min(most, alike());
  counts_[kind] -= count;
  std::vector<CampaignItem> taken;
  if (count == 1) {  // of many that go alone the others are not looked at
    taken.push_back(items_.front());
    items_.pop_front();
    return taken;
  }
  std::erase_if(items_, [&](const CampaignItem& item) {
    const bool takes = taken.size() < count && kinds_[item.of] == kind;
    if (takes) taken.push_back(item);
    return takes;
  });
  return taken;
}

void print_scripts(const std::vector<CampaignCase>& cases, const std::vector<CampaignItem>& items,
                   const CampaignWords& words, const SplitArgv& split, const Streams& streams) {
  const std::string_view via = format_for(via_of(split));
  const std::string_view format = via.empty() ? "shell" : via;
  WaitingStarts waiting(cases, split);
  for (const CampaignItem& item : items) waiting.add(item);
  std::vector<std::vector<CampaignItem>> groups;
  while (!waiting.empty()) groups.push_back(waiting.take(items.size()));
  const bool has_array =
      std::any_of(groups.begin(), groups.end(), [](const auto& group) { return group.size() > 1; });
  if (has_array) streams.out("set -e\n");
  int number = 0;
  for (const auto& group : groups) {
    const CampaignCase& first = cases[group.front().of];
    if (group.size() == 1) {
      streams.out(fmt::format("# {}\n", shown_name(group.front(), cases, words)));
      const std::string script = script_of(first, format);
      streams.out(has_array ? "sbatch " + here_document(script) : script);
      continue;
    }
    const std::string folder = fmt::format("array-{}", ++number);
    streams.out(fmt::format("# {} runs as an array\nmkdir {}\n", group.size(), folder));
    for (std::size_t i = 0; i < group.size(); ++i)
      streams.out(fmt::format("# {}\ncat > {}/{}.sbatch {}", shown_name(group[i], cases, words),
                              folder, i, here_document(script_of(cases[group[i].of], format))));
    const std::string script = batch_array_text(first.work()->plan, group.size(), words.in_flight);
    streams.out(fmt::format("cat > {0}/array.sbatch {1}( cd {0} && sbatch array.sbatch )\n", folder,
                            here_document(script)));
  }
}

}  // namespace ipucnn::cli
