#include "ipucnn/numbers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace ipucnn::resolving {
namespace {

TEST(Divisors, AreThoseThatTryingEveryNumberFinds) {
  for (std::int64_t n = 1; n <= 400; ++n) {
    std::vector<std::int64_t> tried;
    for (std::int64_t d = 1; d <= n; ++d)
      if (n % d == 0) tried.push_back(d);
    EXPECT_EQ(divisors(n), tried) << n;
  }
}

TEST(Divisors, OfANumberThatIsTooLargeAreFoundInBoundedTime) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  const auto found = divisors(kLargest);  // 7 x 7 x 73 x 127 x 337 x 92737 x 649657
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  EXPECT_EQ(found.front(), 1);
  EXPECT_EQ(found.back(), kLargest);
  EXPECT_TRUE(std::binary_search(found.begin(), found.end(), 649657));
  EXPECT_TRUE(std::binary_search(found.begin(), found.end(), kLargest / 92737));
  for (const std::int64_t d : found) EXPECT_EQ(kLargest % d, 0) << d;
}

TEST(PowersAround, AreTheNearest) {
  const auto around = [](std::int64_t n) {
    const auto [below, above] = powers_around(n);
    return std::pair(below, above);
  };
  EXPECT_EQ(around(1), std::pair(std::uint64_t{1}, std::uint64_t{2}));
  EXPECT_EQ(around(6), std::pair(std::uint64_t{4}, std::uint64_t{8}));
  EXPECT_EQ(around(8), std::pair(std::uint64_t{8}, std::uint64_t{16}));
  EXPECT_EQ(around(std::numeric_limits<std::int64_t>::max()),
            std::pair(std::uint64_t{1} << 62U, std::uint64_t{1} << 63U));
}

}  // namespace
}  // namespace ipucnn::resolving
