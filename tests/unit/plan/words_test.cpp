#include "plan/words.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ipucnn {
namespace {

using planning::add_option;
using planning::append_inner_word;
using planning::to_arg;

std::string pieces(std::string_view text) {
  std::string out;
  for (const Piece& piece : to_arg(text, "").pieces) {
    out += piece.kind == Piece::Kind::Text ? "text(" : "variable(";
    out += piece.text + (piece.fallback ? " or " + *piece.fallback : "") + ")";
  }
  return out;
}

TEST(Word, HasVariablesOfTheEnvironmentAsPieces) {
  EXPECT_EQ(pieces("a${env:HOME}b"), "text(a)variable(HOME)text(b)");
  EXPECT_EQ(pieces("${env:A}${env:B:-c d}"), "variable(A)variable(B or c d)");
  EXPECT_EQ(pieces("${env:A:-}"), "variable(A or )");
  EXPECT_EQ(pieces(""), "");
}

TEST(Word, KeepsAnyOtherDollarSign) {
  EXPECT_EQ(pieces("$HOME ${HOME} $(id) $"), "text($HOME ${HOME} $(id) $)");
  EXPECT_EQ(pieces("${env:1A} ${env:} ${env:A"), "text(${env:1A} ${env:} ${env:A)");
  EXPECT_EQ(pieces("${env:a-b}x"), "text(${env:a-b}x)");
}

std::string option(std::string_view value) {
  std::vector<Arg> words;
  add_option(words, "--o", to_arg(value, ""), "cause");
  std::string out;
  for (const Arg& arg : words) out += "[" + arg.shown() + "]";
  return out;
}

TEST(Option, StandsBesideItsValue) {
  EXPECT_EQ(option("x"), "[--o][x]");
  EXPECT_EQ(option(""), "[--o][]");
  EXPECT_EQ(option("-13"), "[--o][-13]");
  EXPECT_EQ(option("-9.5"), "[--o][-9.5]");
  EXPECT_EQ(option("${env:A}"), "[--o][$A]");
}

TEST(Option, IsJoinedWithAValueThatBeginsWithADash) {
  EXPECT_EQ(option("-x"), "[--o=-x]");
  EXPECT_EQ(option("-"), "[--o=-]");
  EXPECT_EQ(option("-1e-5"), "[--o=-1e-5]");
  EXPECT_EQ(option("-1.2.3"), "[--o=-1.2.3]");
  EXPECT_EQ(option("-5."), "[--o=-5.]");
  EXPECT_EQ(option("--a${env:B}"), "[--o=--a$B]");
}

std::string inner(const std::vector<std::string_view>& words) {
  Arg outer;
  for (const std::string_view word : words) append_inner_word(outer, to_arg(word, ""));
  return outer.shown();
}

TEST(InnerWords, AreQuotedOnlyWhereNeeded) {
  EXPECT_EQ(inner({"-x", "A=b", "--mca", "k"}), "-x A=b --mca k");
  EXPECT_EQ(inner({"a b", "it's", "say \"it's\" \\"}), R"('a b' "it's" "say \"it's\" \\")");
  EXPECT_EQ(inner({"A=${env:B}"}), "A=$B");
}

}  // namespace
}  // namespace ipucnn
