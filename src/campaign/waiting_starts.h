#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "ipucnn/campaign.h"

namespace ipucnn::campaigning {

/// Starts that wait for their turn, in the order in which they came. Those of one entry that a
/// scheduler can be handed together go together.
class WaitingStarts {
 public:
  /// `has_arrays`: what starts them has arrays. `retry`: what is asked for in place of the plans'.
  WaitingStarts(const std::vector<CampaignCase>& cases, const std::optional<Retry>& retry,
                bool has_arrays);

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

}  // namespace ipucnn::campaigning
