#include "ipucnn/occasion.h"

#include <gtest/gtest.h>

#include <string>

#include "ipucnn/suppression.h"

namespace ipucnn {
namespace {

/// The severities that a finding has as files, dry run, start, rehearsal, solve and import see it.
std::string seen(FindingId id) {
  std::string out;
  for (const Occasion occasion : {Occasion::Files, Occasion::DryRun, Occasion::Start,
                                  Occasion::Rehearsal, Occasion::Solve, Occasion::Import}) {
    const FindingInfo& info = finding_info(id);
    const auto severity = severity_on(occasion, info.finding_class, info.severity);
    out += severity ? severity_name(*severity).front() : '-';
  }
  return out;
}

TEST(Occasion, LetsOnlyAStartBeStoppedByWhatItAloneCanSettle) {
  EXPECT_EQ(seen(FindingId::D001), "-we---");  // the authors' data folder
  EXPECT_EQ(seen(FindingId::P008), "-nn---");  // unknown hosts, a note
}

TEST(Occasion, AsksAWholeCommandForWhatItNeeds) {
  EXPECT_EQ(seen(FindingId::K021), "-eee-e");
  EXPECT_EQ(seen(FindingId::V001), "-www-w");
}

TEST(Occasion, DoesNotHoldTheAnswerAgainstTheQuestion) {
  EXPECT_EQ(seen(FindingId::B002), "eeee-e");
  EXPECT_EQ(seen(FindingId::P007), "nnnn-n");
}

TEST(Occasion, LeavesEverythingElseAsItIs) {
  EXPECT_EQ(seen(FindingId::K012), "eeeeee");
  EXPECT_EQ(seen(FindingId::K018), "nnnn-n");
  EXPECT_EQ(seen(FindingId::K065), "e----e");
}

TEST(Occasion, IsWhatFindingsAreJudgedBy) {
  Diagnostics found;
  found.add(FindingId::D001, {2, 1, 1, 1}, "data");
  std::vector<Suppression> none;
  EXPECT_TRUE(judge(found, Occasion::Files, none, {}).all().empty());
  EXPECT_FALSE(judge(found, Occasion::DryRun, none, {}).has_errors());
  EXPECT_TRUE(judge(found, Occasion::Start, none, {}).has_errors());
  std::vector<Suppression> allowed{{"D001", {0, 1, 1, 1}, 0, false}};
  EXPECT_FALSE(judge(found, Occasion::Start, allowed, {}).has_errors());
}

}  // namespace
}  // namespace ipucnn
