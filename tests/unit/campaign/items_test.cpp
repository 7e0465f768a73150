#include <gtest/gtest.h>

#include <set>

#include "ipucnn/campaign.h"

namespace ipucnn {
namespace {

CampaignCase named(const std::string& name) {
  CampaignCase one;
  one.name = one.entry = name;
  one.identity = "same";
  one.work = [] { return std::shared_ptr<const CaseWork>(); };
  return one;
}

TEST(Items, OfTheSameCaseTwiceAreTwo) {
  const std::vector<CampaignItem> items = items_of({named("a"), named("a"), named("b")}, 2);
  std::set<std::string> ids;
  for (const CampaignItem& item : items) ids.insert(item.id);
  EXPECT_EQ(ids.size(), 6U);
  // What stands there once has the id that it had.
  EXPECT_EQ(items[0].id, items_of({named("a")}, 1).front().id);
}

}  // namespace
}  // namespace ipucnn
