// Where every node stands, and what it holds: the tree that yaml-cpp's events become.
#include "ipucnn/tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::Loaded;
using testing::text_of;

std::string type_name(const Node& node) {
  constexpr std::string_view kNames[] = {"null", "bool", "int", "float", "text"};
  return std::string(kNames[static_cast<std::size_t>(node.type())]);
}

/// One line a node: LINE:COLUMN+LENGTH, kind, content.
void dump(Node node, std::string& out, int depth = 0) {
  const Span at = node.at();
  out += fmt::format("{:{}}{}:{}+{} ", "", depth * 2, at.line, at.column, at.length);
  if (node.is_alias_use())
    out += fmt::format("alias of {}:{} ", node.defined_at().line, node.defined_at().column);
  if (node.is_scalar()) {
    out +=
        fmt::format("{} [{}]{}\n", type_name(node), node.text(), node.is_plain() ? "" : " quoted");
    return;
  }
  out += fmt::format("{} of {}\n", node.is_map() ? "map" : "list", node.size());
  if (node.is_alias_use()) return;
  for (const Node child : node) dump(child, out, depth + 1);
}

std::string tree_of(std::string text) {
  const Loaded loaded(std::move(text));
  if (!loaded.document) return text_of(loaded.findings, loaded.sources);
  std::string out;
  dump(loaded.top(), out);
  return out;
}

TEST(Tree, KeepsThePlaceAndTypeOfEveryScalar) {
  EXPECT_EQ(tree_of("a: 16.32\nb: '16.32'\nc: \"x\"\nd: yes\n"),
            "1:1+1 map of 4\n"
            "  1:1+1 text [a]\n"
            "  1:4+5 float [16.32]\n"
            "  2:1+1 text [b]\n"
            "  2:4+7 text [16.32] quoted\n"
            "  3:1+1 text [c]\n"
            "  3:4+3 text [x] quoted\n"
            "  4:1+1 text [d]\n"
            "  4:4+3 bool [yes]\n");
}

TEST(Tree, PointsAtTheKeyOfAnEmptyValue) {
  EXPECT_EQ(tree_of("first:\nsecond: ~\nthird:\n"),
            "1:1+1 map of 3\n"
            "  1:1+5 text [first]\n"
            "  1:1+5 null []\n"
            "  2:1+6 text [second]\n"
            "  2:9+1 null [~]\n"
            "  3:1+5 text [third]\n"
            "  3:1+5 null []\n");
}

TEST(Tree, PointsAtAnAliasWhereItIsUsed) {
  EXPECT_EQ(tree_of("a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n"),
            "1:1+1 map of 3\n"
            "  1:1+1 text [a]\n"
            "  1:4+1 map of 1\n"
            "    1:8+1 text [k]\n"
            "    1:11+1 int [1]\n"
            "  2:1+1 text [b]\n"
            "  2:4+2 alias of 1:4 map of 1\n"
            "  3:1+1 text [c]\n"
            "  4:3+1 map of 1\n"
            "    4:3+2 text [<<]\n"
            "    4:7+2 alias of 1:4 map of 1\n");
}

TEST(Tree, HoldsTheTextThatEscapesAndFoldsStandFor) {
  EXPECT_EQ(tree_of("a: \"x\\ty\"\nb: 'it''s'\nc: >\n  one\n  two\nd: plain\n  goes on\n"),
            "1:1+1 map of 4\n"
            "  1:1+1 text [a]\n"
            "  1:4+6 text [x\ty] quoted\n"
            "  2:1+1 text [b]\n"
            "  2:4+7 text [it's] quoted\n"
            "  3:1+1 text [c]\n"
            "  3:4+1 text [one two\n] quoted\n"
            "  6:1+1 text [d]\n"
            "  6:4+5 text [plain goes on]\n");
}

TEST(Tree, CountsColumnsInBytesAndLeavesOutAByteOrderMark) {
  EXPECT_EQ(tree_of("\xEF\xBB\xBFö: 1\n"),
            "1:1+1 map of 1\n"
            "  1:1+2 text [ö]\n"
            "  1:5+1 int [1]\n");
}

TEST(Tree, TypesATaggedScalarByItsTag) {
  EXPECT_EQ(tree_of("[!!str 1, !!int '2', ! 3]\n"),
            "1:1+1 list of 3\n"
            "  1:8+1 text [1] quoted\n"
            "  1:17+3 int [2] quoted\n"
            "  1:24+1 text [3] quoted\n");
}

TEST(Tree, HoldsAScalarThatHasAnAnchor) {
  EXPECT_EQ(tree_of("a: &x 12\nb: *x\n"),
            "1:1+1 map of 2\n"
            "  1:1+1 text [a]\n"
            "  1:7+2 int [12]\n"
            "  2:1+1 text [b]\n"
            "  2:4+2 alias of 1:7 int [12]\n");
}

TEST(Tree, KeepsEqualKeysAndFindsTheLast) {
  const Loaded loaded("a: 1\na: 2\n");
  EXPECT_EQ(loaded.top().size(), 2U);
  EXPECT_EQ(loaded.top().find("a").text(), "2");
}

TEST(Tree, FindsNothingWhereNothingIs) {
  const Loaded loaded("a: [1, x]\nn: null\nt: text\n");
  const Node top = loaded.top();
  EXPECT_FALSE(top.find("b"));
  EXPECT_FALSE(top.find("b").find("c"));
  EXPECT_EQ(top.find("b").text(), "");
  EXPECT_EQ(top.find_text("n"), std::nullopt);
  EXPECT_EQ(top.find_int("t"), std::nullopt);
  EXPECT_TRUE(top.find_bool("t", true));
  EXPECT_TRUE(top.find("a").contains("x"));
  EXPECT_TRUE(top.find("t").contains("text"));
  EXPECT_FALSE(top.find("n").find("x"));
}

std::string chain_of_merges(std::size_t mappings) {
  std::string text = "m1: &m1 {k: 1}\n";
  for (std::size_t i = 2; i <= mappings; ++i)
    text += i % 2 == 0 ? fmt::format("m{0}: &m{0} {{<<: [*m1, *m{1}], j: {{<<: *m1}}}}\n", i, i - 1)
                       : fmt::format("m{0}: &m{0} {{<<: *m{1}}}\n", i, i - 1);
  return text;
}

TEST(Tree, RefusesAFileThatMergesTooDeep) {
  EXPECT_TRUE(Loaded(chain_of_merges(kDeepestMerge)).document);
  EXPECT_EQ(tree_of(chain_of_merges(kDeepestMerge + 2)),
            "file.yml:101:7: error[Y003]: merges are nested deeper than 100 levels\n"
            "    m101: &m101 {<<: *m100}\n"
            "          ^\n");
}

TEST(Tree, OfAnEmptyFileIsAbsent) {
  EXPECT_FALSE(Loaded("").top());
  EXPECT_FALSE(Loaded("# only a comment\n").top());
}

}  // namespace
}  // namespace ipucnn
