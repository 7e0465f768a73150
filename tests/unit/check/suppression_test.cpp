#include "ipucnn/suppression.h"

#include <gtest/gtest.h>

#include <string>

namespace ipucnn {
namespace {

/// "ID@line" for each leave of the text: the id, and the line it holds for.
std::string leaves(std::string text) {
  Sources sources;
  const SourceId source = sources.add("f.yml", std::move(text));
  std::string out;
  for (const Suppression& leave : read_suppressions(sources, source))
    out += leave.id + "@" + std::to_string(leave.line) + " ";
  return out;
}

TEST(Leaves, HoldForTheirLineOrTheNextOneWithAValue) {
  EXPECT_EQ(leaves("a: 1  # ipucnn: allow(B001)\n"), "B001@1 ");
  EXPECT_EQ(leaves("# ipucnn: allow(B001)\na: 1\n"), "B001@2 ");
  EXPECT_EQ(leaves("# ipucnn: allow(B001)\n# why\n\n  \r\n  a: 1\n"), "B001@5 ");
  EXPECT_EQ(leaves("a: 1\n# ipucnn: allow(B001)"), "B001@2 ");
}

TEST(Leaves, MayNameSeveralFindings) {
  EXPECT_EQ(leaves("a: 1 # why: ipucnn: allow(B001, K060 ,N001)\n"), "B001@1 K060@1 N001@1 ");
  EXPECT_EQ(leaves("a: 1 # ipucnn: allow()\n"), "");
  EXPECT_EQ(leaves("a: 1 # ipucnn: allow(B001\n"), "B001@1 ");
}

TEST(Leaves, AreReadFromCommentsOnly) {
  EXPECT_EQ(leaves("a: 'x # ipucnn: allow(B001)'\n"), "");
  EXPECT_EQ(leaves("a: \"it's # ipucnn: allow(B001)\"\n"), "");
  EXPECT_EQ(leaves("a: x# ipucnn: allow(B001)\n"), "");
  EXPECT_EQ(leaves("a: it's # ipucnn: allow(B001)\n"), "B001@1 ");
  EXPECT_EQ(leaves("a: ['#', \"#\"] # ipucnn: allow(B001)\n"), "B001@1 ");
}

struct Applied {
  std::string findings;
  std::string unused;
};

/// A warning in line 3 of a preset that begins in line 2, under one leave.
Applied apply(Suppression leave, FindingId id = FindingId::K014) {
  Diagnostics found;
  found.add(id, {2, 3, 1, 1}, "m");
  std::vector<Suppression> leaves{std::move(leave)};
  Applied out;
  const Diagnostics judged = judge(found, Occasion::DryRun, leaves, {2, 2, 1, 1});
  for (const Diagnostic& d : judged.all()) out.findings += severity_name(d.severity);
  Diagnostics unused;
  report_unused(leaves, unused);
  for (const Diagnostic& d : unused.all()) out.unused += finding_info(d.id).id;
  return out;
}

TEST(Leaves, MakeNotesOfWhatTheyCover) {
  EXPECT_EQ(apply({"K014", {2, 3, 9, 4}, 3}).findings, "note");
  EXPECT_EQ(apply({"K014", {2, 2, 9, 4}, 2}).findings, "note");
  EXPECT_EQ(apply({"K014", {0, 1, 9, 4}, 0}).findings, "note");
  EXPECT_EQ(apply({"K014", {2, 3, 9, 4}, 3}).unused, "");
}

TEST(Leaves, TakeNotesAway) {
  EXPECT_EQ(apply({"P007", {2, 3, 9, 4}, 3}, FindingId::P007).findings, "");
}

TEST(Leaves, CannotBeGivenForWhatLeavesNothingToGoOnWith) {
  EXPECT_EQ(apply({"K001", {0, 1, 9, 4}, 0}, FindingId::K001).findings, "errorerror");
  EXPECT_EQ(apply({"K001", {0, 1, 9, 4}, 0}, FindingId::K001).unused, "");
}

TEST(Leaves, ThatCoverNothingAreReported) {
  for (const Suppression& leave :
       {Suppression{"K014", {2, 4, 9, 4}, 4}, Suppression{"K014", {3, 3, 9, 4}, 3},
        Suppression{"K060", {2, 3, 9, 4}, 3}}) {
    EXPECT_EQ(apply(leave).findings, "warning");
    EXPECT_EQ(apply(leave).unused, "K064");
  }
  EXPECT_EQ(apply({"B999", {2, 3, 9, 4}, 3}).unused, "K066");
}

}  // namespace
}  // namespace ipucnn
