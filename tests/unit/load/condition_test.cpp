// Conditions: what is the same to a script, and every word where only values of options are known.
#include "ipucnn/condition.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ipucnn/schema.h"
#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::Loaded;

/// Whether `{k: TEST}` holds of a value that YAML reads so; an empty text stands for no value.
bool holds(std::string_view test, std::string_view value) {
  const Loaded file("{k: " + std::string(test) + "}");
  const Loaded given("[" + std::string(value) + "]");
  const Facts facts = [&](std::string_view) -> std::optional<FactValue> {
    if (value.empty()) return std::nullopt;
    const Node scalar = *given.top().begin();
    return FactValue(scalar.text(), scalar.type());
  };
  return condition_holds(file.top(), facts);
}

TEST(Condition, ComparesAsScriptsSeeValues) {
  EXPECT_TRUE(holds("false", "no"));
  EXPECT_TRUE(holds("yes", "true"));
  EXPECT_FALSE(holds("false", "on"));
  EXPECT_TRUE(holds("2", "0x2"));
  EXPECT_TRUE(holds("2", "2.0"));
  EXPECT_TRUE(holds("[1, 90]", "1:30"));
  EXPECT_FALSE(holds("2", "3"));
  EXPECT_TRUE(holds("2", "'2'"));
  EXPECT_FALSE(holds("a", "b"));
  EXPECT_TRUE(holds("[a, b]", "b"));
}

TEST(Condition, TakesNullForNoValue) {
  EXPECT_TRUE(holds("null", ""));
  EXPECT_TRUE(holds("[a, null]", ""));
  EXPECT_FALSE(holds("null", "a"));
  EXPECT_FALSE(holds("a", ""));
}

TEST(Condition, KnowsWordsWhereverItStands) {
  EXPECT_TRUE(holds("{min: 2, max: 8}", "8"));
  EXPECT_FALSE(holds("{min: 2, max: 8}", "9"));
  EXPECT_TRUE(holds("{power_of_two: true}", "0x10"));
  EXPECT_TRUE(holds("{contains: [net]}", "ImageNet"));
  EXPECT_TRUE(holds("{set: true}", "x"));
  EXPECT_FALSE(holds("{set: true}", "''"));
  EXPECT_FALSE(holds("{set: true}", ""));
  EXPECT_TRUE(holds("{set: false}", ""));
  // What cannot be compared does not hold.
  EXPECT_FALSE(holds("{min: 2}", "x"));
}

TEST(Condition, NamesEveryWordOnce) {
  const auto& words = test_words();
  EXPECT_EQ(words.size(), 23U);
  for (const TestWordSpec& word : words)
    for (const TestWordSpec& other : words) EXPECT_TRUE(&word == &other || word.name != other.name);
}

}  // namespace
}  // namespace ipucnn
