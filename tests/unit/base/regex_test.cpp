#include "base/regex.h"

#include <gtest/gtest.h>

namespace ipucnn {
namespace {

std::string fault(std::string_view pattern) {
  RegexFault found;
  if (Regex::compile(pattern, found)) return "";
  return std::to_string(found.at) + "+" + std::to_string(found.size) + " " + found.says;
}

std::string value(std::string_view pattern, std::string_view text) {
  RegexFault found;
  const auto regex = Regex::compile(pattern, found);
  if (!regex) return "refused: " + found.says;
  const auto value = regex->find(text);
  return value ? std::string(*value) : "none";
}

TEST(Regex, TakesPythonsSpelling) {
  EXPECT_EQ(value(R"(took (?P<value>[\d.]+) (?P<unit>m?s))", "it took 1.5 ms"), "1.5");
  EXPECT_EQ(value(R"((?:a|b)=(\d+)\Z)", "c=1, b=22"), "22");
  EXPECT_EQ(value(R"((?i)TOOK (\d+))", "Took 3"), "3");
  EXPECT_EQ(value(R"(a(b)?)", "a"), "");
  EXPECT_EQ(value(R"([(]x[])] (\d))", "(x] 4"), "4");
  EXPECT_EQ(value(R"(a(\d))", "b1"), "none");
}

TEST(Regex, RefusesWhatRe2CannotDoAtItsPlace) {
  EXPECT_EQ(fault(R"((\d+)(?= s))"), "5+3 RE2 has no look-ahead");
  EXPECT_EQ(fault(R"((?<!x)(\d+))"), "0+4 RE2 has no look-behind");
  EXPECT_EQ(fault(R"((\d) \1)"), "5+2 RE2 has no references to groups");
  EXPECT_EQ(fault(R"((?P<value>\d) (?P=value))"), "14+4 RE2 has no references to groups");
  EXPECT_EQ(fault(R"((?x) (\d))"), "0+3 RE2 has no flag x");
  EXPECT_EQ(fault(R"(\(?=(\d))"), "");  // a bracket, perhaps
}

TEST(Regex, RefusesWhatIsNoExpressionAndWhatHasNoGroupForTheValue) {
  EXPECT_EQ(fault(R"(a (\d+)").substr(0, 2), "0+");
  EXPECT_EQ(fault("a**(b)"), "1+2 bad repetition operator");
  EXPECT_EQ(fault("abc"), "0+3 it has no group that holds the value");
  EXPECT_EQ(fault("(a)[(](b)"), "6+1 which of its groups holds the value?");
}

TEST(Regex, FindsTheLeftmostMatchWhateverItBeginsWith) {
  RegexFault fault;
  const auto value = [&](std::string_view pattern, std::string_view text) {
    return std::string(Regex::compile(pattern, fault)->find(text).value_or("none"));
  };
  EXPECT_EQ(value("ab(c|d)", "aba abab abd abc"), "d");
  EXPECT_EQ(value("ab+ (c)", "ab a ab abb c ab c"), "c");
  EXPECT_EQ(value("aa(b)", "aaab"), "b");
  EXPECT_EQ(value("x: (\\d+)$", "x: 1 x: 2 x: 3 x: 4 x: 5 x: 6"), "6");
  EXPECT_EQ(value("x: (\\d+)$", "x: 1 x: 2 x: 3 x: 4 x: 5 y: 6"), "none");
  std::size_t from = 0;
  const auto twice = Regex::compile("n=(\\d)", fault);
  EXPECT_EQ(twice->find("n= n=1 n=2", from), "1");
  EXPECT_EQ(twice->find("n= n=1 n=2", from), "2");
  EXPECT_EQ(twice->find("n= n=1 n=2", from), std::nullopt);
}

TEST(Regex, TakesTimeInProportionToTheText) {
  RegexFault fault;
  const std::string text(2'000'000, 'a');
  EXPECT_EQ(Regex::compile("a(.*)b", fault)->find(text), std::nullopt);
}

TEST(RequiredLiteral, IsTheLongestTextThatEveryMatchHolds) {
  EXPECT_EQ(required_literal(R"(img/sec: ([\d.]+))"), "img/sec: ");
  EXPECT_EQ(required_literal(R"(ab?cde*f\.g)"), "f.g");
  EXPECT_EQ(required_literal(R"(a+bc)"), "bc");
  EXPECT_EQ(required_literal(R"(ab{0,2}c)"), "a");
  EXPECT_EQ(required_literal("x\xC3\xA9?"), "x");
  EXPECT_EQ(required_literal(R"(abc|d)"), "");
  EXPECT_EQ(required_literal(R"((abc|d)ef)"), "ef");
  EXPECT_EQ(required_literal(R"((?i)abc)"), "");
  EXPECT_EQ(required_literal(R"(\x41bc)"), "");
  EXPECT_EQ(required_literal(R"([a|b]cd)"), "cd");
}

}  // namespace
}  // namespace ipucnn
