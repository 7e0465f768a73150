#include "base/arithmetic.h"

#include <gtest/gtest.h>

namespace ipucnn {
namespace {

std::optional<double> value_of(std::string_view text) {
  ArithmeticFault fault;
  const auto parsed = Arithmetic::parse(text, fault);
  if (!parsed) return std::nullopt;
  return parsed->value([](std::string_view name) -> std::optional<double> {
    return name == "rate" ? std::optional(100.0) : std::nullopt;
  });
}

TEST(Arithmetic, HasTheOrderOfPeople) {
  EXPECT_EQ(value_of("1 + 2 * 3"), 7);
  EXPECT_EQ(value_of("(1 + 2) * 3"), 9);
  EXPECT_EQ(value_of("8 / 4 / 2"), 1);
  EXPECT_EQ(value_of("8 - 4 - 2"), 2);
  EXPECT_EQ(value_of("-2 * -(3 - 1)"), 4);
  EXPECT_EQ(value_of("1e3 / .5"), 2000);
  EXPECT_EQ(value_of("{rate} / 4 + rate"), 125);
  EXPECT_EQ(value_of("rate / { rate } "), 1);
}

TEST(Arithmetic, HasNoValueWithoutOne) {
  EXPECT_EQ(value_of("1 / 0"), std::nullopt);
  EXPECT_EQ(value_of("other + 1"), std::nullopt);
}

TEST(Arithmetic, SaysWhereATextIsNone) {
  const std::pair<std::string_view, std::size_t> kFaults[] = {
      {"", 0},      {"1 +", 3}, {"(1", 2},  {"1)", 1},    {"2 ** 3", 2}, {"7 // 2", 2}, {"f(1)", 0},
      {"{rate", 5}, {"{1}", 1}, {"a b", 2}, {"1e999", 0}, {"nan(1)", 0}, {"rate[0]", 4}};
  for (const auto& [text, at] : kFaults) {
    ArithmeticFault fault;
    EXPECT_FALSE(Arithmetic::parse(text, fault)) << text;
    EXPECT_EQ(fault.at, at) << text;
    EXPECT_FALSE(fault.says.empty()) << text;
  }
}

TEST(Arithmetic, IsNestedWithinBounds) {
  ArithmeticFault fault;
  std::string nested(50, '(');
  nested += '1';
  nested.append(50, ')');
  EXPECT_TRUE(Arithmetic::parse(nested, fault));
  EXPECT_FALSE(Arithmetic::parse(std::string(100'000, '('), fault));
  std::string signs(100'000, '-');
  signs.back() = '1';
  EXPECT_FALSE(Arithmetic::parse(signs, fault));
}

}  // namespace
}  // namespace ipucnn
