#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "cli/campaign_run.h"
#include "cli/run_plans.h"

namespace ipucnn::cli {

/// Starts that wait for their turn, in the order in which they came. Those of one entry that a
/// scheduler can be handed together go together.
class WaitingStarts {
 public:
  /// `split`: as each run is given it.
  WaitingStarts(const std::vector<CampaignCase>& cases, const SplitArgv& split);

  void add(const CampaignItem& item);
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  /// How many can go with the first, which is one of them; there is one.
  std::size_t alike() const;
  /// The first, and up to `most` with it.
  std::vector<CampaignItem> take(std::size_t most);

 private:
  std::vector<std::size_t> kinds_;   // of each case; 0: it goes alone
  std::vector<std::size_t> counts_;  // of those that wait, by kind
  std::deque<CampaignItem> items_;
};

/// Prints these starts, each behind its name: its commands, or what a scheduler is handed. Where
/// some make an array that is a shell script which writes their files and submits them.
void print_scripts(const std::vector<CampaignCase>& cases, const std::vector<CampaignItem>& items,
                   const CampaignWords& words, const SplitArgv& split, const Streams& streams);

}  // namespace ipucnn::cli
