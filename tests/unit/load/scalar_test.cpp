// YAML 1.1 as PyYAML's full_load reads plain scalars.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/tree.h"

namespace ipucnn {
namespace {

std::vector<std::string> not_of_type(ScalarType type, const std::vector<std::string>& words) {
  std::vector<std::string> wrong;
  for (const std::string& word : words)
    if (plain_scalar_type(word) != type) wrong.push_back(word);
  return wrong;
}

using Words = std::vector<std::string>;

TEST(PlainScalar, IsNullOnlyInItsFiveSpellings) {
  EXPECT_EQ(not_of_type(ScalarType::Null, {"", "~", "null", "Null", "NULL"}), Words{});
  EXPECT_EQ(not_of_type(ScalarType::String, {"nULL", "none", "None", "~~"}), Words{});
}

TEST(PlainScalar, IsABooleanInThreeSpellingsOfSixWords) {
  EXPECT_EQ(not_of_type(ScalarType::Bool,
                        {"yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false",
                         "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF"}),
            Words{});
  EXPECT_EQ(not_of_type(ScalarType::String, {"y", "n", "Y", "N", "yEs", "tRUE", "oN"}), Words{});
}

TEST(PlainScalar, IsAnIntegerInFiveNotations) {
  EXPECT_EQ(not_of_type(ScalarType::Int,
                        {"0", "-0", "12", "+12", "-12", "1_000", "10_", "0b101", "-0b1", "0x1F",
                         "0x_1", "010", "-010", "0_7", "1:30", "-1:30:05", "190:20:30"}),
            Words{});
  EXPECT_EQ(not_of_type(ScalarType::String, {"08", "09", "0o10", "0b2", "0b", "0x", "0xG", "_1",
                                             "1:60", "01:30", "1:", "+", "-", "1 2", "12a"}),
            Words{});
}

TEST(PlainScalar, IsAFloatOnlyWithADotAndASignedExponent) {
  EXPECT_EQ(not_of_type(ScalarType::Float,
                        {"1.",     "1.5",     "-1.5",  "+1.5",  ".5",     "1_0.5", "1.5e+3",
                         "1.0e-5", "2.5e-05", "1.e+2", ".5e-1", ".inf",   "-.inf", "+.Inf",
                         ".INF",   ".nan",    ".NaN",  ".NAN",  "1:30.5", "08.5",  "16.32"}),
            Words{});
  EXPECT_EQ(
      not_of_type(ScalarType::String, {"1e-5", "5e-05", "1.0e5", "1.e2", "1e5", "-.5", "+.5", ".",
                                       "-.nan", "._5", "inf", "nan", "1.5e+", "1.5.5", "1.2e-3x"}),
      Words{});
}

TEST(YamlInt, IsTheValueOfEveryNotation) {
  EXPECT_EQ(yaml_int("010"), 8);
  EXPECT_EQ(yaml_int("0x10"), 16);
  EXPECT_EQ(yaml_int("-0x10"), -16);
  EXPECT_EQ(yaml_int("0b101"), 5);
  EXPECT_EQ(yaml_int("10_000"), 10000);
  EXPECT_EQ(yaml_int("1:30"), 90);
  EXPECT_EQ(yaml_int("-1:30:05"), -5405);
  EXPECT_EQ(yaml_int("9223372036854775807"), 9223372036854775807);
}

TEST(YamlInt, IsAbsentBeyond64Bits) {
  EXPECT_EQ(yaml_int("9223372036854775808"), std::nullopt);
  EXPECT_EQ(yaml_int("0xFFFFFFFFFFFFFFFF"), std::nullopt);
  EXPECT_EQ(yaml_int("9223372036854775807:59"), std::nullopt);
}

TEST(YamlFloat, IsTheValueOfEveryNotation) {
  EXPECT_EQ(yaml_float("1."), 1.0);
  EXPECT_EQ(yaml_float(".5"), 0.5);
  EXPECT_EQ(yaml_float("1.e+2"), 100.0);
  EXPECT_EQ(yaml_float("-2.5e-05"), -2.5e-05);
  EXPECT_EQ(yaml_float("1_0.5"), 10.5);
  EXPECT_EQ(yaml_float("1:30.5"), 90.5);
  EXPECT_EQ(yaml_float("-.inf"), -INFINITY);
  EXPECT_TRUE(std::isnan(yaml_float(".nan").value_or(0)));
}

TEST(YamlBool, IsTheMeaningOfTheWord) {
  for (const char* word : {"yes", "Yes", "true", "TRUE", "on", "On"})
    EXPECT_TRUE(yaml_bool(word)) << word;
  for (const char* word : {"no", "NO", "false", "False", "off", "OFF"})
    EXPECT_FALSE(yaml_bool(word)) << word;
}

}  // namespace
}  // namespace ipucnn
