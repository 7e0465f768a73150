// What goes together of the starts of a campaign.
#include "campaign/waiting_starts.h"

#include <algorithm>
#include <map>
#include <utility>

#include "ipucnn/emit.h"
#include "ipucnn/run_campaign.h"

namespace ipucnn {
namespace campaigning {
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

}  // namespace

WaitingStarts::WaitingStarts(const std::vector<CampaignCase>& cases,
                             const std::optional<Retry>& retry, bool has_arrays)
    : counts_(1) {
  std::map<std::string, std::size_t> known{{"", 0}};
  std::map<std::string_view, std::size_t> siblings;
  for (const CampaignCase& one : cases) ++siblings[one.entry];
  for (const CampaignCase& one : cases) {
    const bool may_be = has_arrays && siblings[one.entry] > 1;
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

}  // namespace campaigning

std::vector<std::vector<CampaignItem>> start_groups(const std::vector<CampaignCase>& cases,
                                                    const std::vector<CampaignItem>& items,
                                                    const CampaignWords& words, Via via) {
  campaigning::WaitingStarts waiting(cases, words.start.settings.retry, via == Via::Slurm);
  for (const CampaignItem& item : items) waiting.add(item);
  std::vector<std::vector<CampaignItem>> groups;
  while (!waiting.empty()) groups.push_back(waiting.take(items.size()));
  return groups;
}

}  // namespace ipucnn
