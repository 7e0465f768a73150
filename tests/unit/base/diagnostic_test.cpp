#include "ipucnn/diagnostic.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

namespace ipucnn {
namespace {

TEST(Findings, HaveUniqueIdsAndNames) {
  std::set<std::string_view> ids;
  std::set<std::string_view> names;
#define FINDING(id, name, severity, on, allowance, summary) \
  EXPECT_TRUE(ids.insert(#id).second) << #id;               \
  EXPECT_TRUE(names.insert(#name).second) << #name;
#include "ipucnn/findings.def"
#undef FINDING
  for (const std::string_view id : ids) {
    EXPECT_EQ(id.size(), 4U) << id;
    EXPECT_NE(std::string_view("YKBSPLVDNMUJ").find(id.front()), std::string_view::npos) << id;
  }
}

TEST(Diagnostics, ShowEqualFindingsOnceInTheOrderOfTheirPlaces) {
  Diagnostics findings;
  findings.add(FindingId::K007, {1, 2, 1, 1}, "later");
  findings.add(FindingId::K007, {1, 1, 5, 1}, "first");
  findings.add(FindingId::K007, {1, 2, 1, 1}, "later");
  findings.add(FindingId::K007, {0, 9, 9, 1}, "command line");
  std::string order;
  for (const Diagnostic* d : findings.sorted()) order += d->message + ";";
  EXPECT_EQ(order, "command line;first;later;");
  EXPECT_EQ(findings.all().size(), 4U);
}

TEST(Diagnostics, HaveErrorsOnlyWithOneOfThatSeverity) {
  Diagnostics findings;
  EXPECT_FALSE(findings.has_errors());
  findings.add(FindingId::K018, {}, "a note");
  findings.add(FindingId::D001, {}, "a warning");
  EXPECT_FALSE(findings.has_errors());
  findings.add(FindingId::K001, {}, "an error");
  EXPECT_TRUE(findings.has_errors());
}

}  // namespace
}  // namespace ipucnn
