// Figures worked by hand; tests/oracle/numbers_test.py holds all of them to scipy.
#include "ipucnn/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ipucnn {
namespace {

using Values = std::vector<double>;

TEST(Statistics, HasTheFiguresOfASeries) {
  const Values values = {2, 4, 4, 10};
  EXPECT_DOUBLE_EQ(mean_of(values), 5);
  EXPECT_DOUBLE_EQ(median_of(values), 4);
  EXPECT_DOUBLE_EQ(deviation_of(values), std::sqrt((9 + 1 + 1 + 25) / 3.0));
  EXPECT_DOUBLE_EQ(robust_deviation_of(values), 1.482602218505602);  // distances 2, 0, 0, 6
  EXPECT_DOUBLE_EQ(*harmonic_mean_of(values), 4 / 1.1);
  EXPECT_FALSE(harmonic_mean_of(Values{1, 0}));
  EXPECT_FALSE(harmonic_mean_of(Values{}));
}

TEST(Statistics, GivesNoIntervalOfFewerThanFiveValuesThatMayDependOnEachOther) {
  EXPECT_FALSE(estimate_mean(Values{1, 2, 1, 2}).error);
  EXPECT_TRUE(estimate_mean(Values{1, 2, 1, 2, 1}).error);
}

TEST(Statistics, WidensTheIntervalOfASeriesWhoseNeighboursAreAlike) {
  Values mixed;
  Values grouped;
  for (int i = 0; i < 40; ++i) {
    mixed.push_back(i % 2 == 0 ? 1 : 2);
    grouped.push_back(i / 10 % 2 == 0 ? 1 : 2);
  }
  const auto narrow = interval_of(estimate_mean(mixed));
  ASSERT_TRUE(narrow);
  EXPECT_NEAR(dependence_of(mixed)->correlation, 0, 1e-12);
  EXPECT_GT(dependence_of(grouped)->correlation, 0.8);
  EXPECT_LT(dependence_of(grouped)->effective_n, 3);
  const auto wide = interval_of(estimate_mean(grouped));
  EXPECT_TRUE(!wide || wide->high - wide->low > 4 * (narrow->high - narrow->low));
}

TEST(Statistics, NeverTakesNeighboursThatDifferForMoreThanIndependentOnes) {
  EXPECT_LE(dependence_of(Values{1, 2, 1, 2, 1, 2, 1, 2})->effective_n, 8);
  EXPECT_DOUBLE_EQ(dependence_of(Values{3, 3, 3, 3, 3})->effective_n, 5);
}

TEST(Statistics, TellsTheExactChanceOfARanking) {
  // 3 below 3: one of 20 orders each way.
  const RankTest test = mann_whitney(Values{1, 2, 3}, Values{4, 5, 6});
  EXPECT_DOUBLE_EQ(test.u, 0);
  EXPECT_TRUE(test.exact);
  EXPECT_DOUBLE_EQ(test.p, 0.1);
  EXPECT_DOUBLE_EQ(mann_whitney(Values{1, 1}, Values{1, 1}).p, 1);
}

TEST(Statistics, ResamplesTheSameEverywhere) {
  EXPECT_EQ(Resampler(1).indices(7, 1), Resampler(1).indices(7, 1));
  const auto blocks = Resampler(5).indices(10, 4);
  ASSERT_EQ(blocks.size(), 10U);
  for (const std::size_t i : {1U, 2U, 3U, 5U, 6U, 7U, 9U})
    EXPECT_EQ(blocks[i], (blocks[i - 1] + 1) % 10);
}

TEST(Statistics, GivesARatioWithItsInterval) {
  const auto same =
      interval_of_ratio(estimate_mean(Values(20, 100)), estimate_mean(Values(20, 98)));
  ASSERT_TRUE(same);  // values without spread leave no doubt
  EXPECT_DOUBLE_EQ(same->low, 0.98);
  EXPECT_DOUBLE_EQ(same->high, 0.98);
  EXPECT_FALSE(interval_of_ratio(estimate_mean(Values{1}), estimate_mean(Values(20, 98))));
  EXPECT_FALSE(interval_of_ratio(estimate_mean(Values(9, -1)), estimate_mean(Values(20, 98))));
}

TEST(Statistics, SeesATrendAndTwoLevels) {
  Values rising;
  Values switching;
  for (int i = 0; i < 30; ++i) {
    rising.push_back(100 + i + (i % 3 == 0 ? 0.5 : -0.25));
    switching.push_back((i % 7 < 3 ? 100 : 110) + 0.1 * (i % 5));
  }
  EXPECT_NEAR(trend_of(rising)->change, 29, 0.5);
  EXPECT_LT(trend_of(rising)->p, 1e-6);
  EXPECT_FALSE(levels_of(rising));
  const auto levels = levels_of(switching);
  ASSERT_TRUE(levels);
  EXPECT_NEAR(levels->low, 100.2, 0.1);
  EXPECT_NEAR(levels->high, 110.2, 0.1);
  EXPECT_EQ(levels->low_count, 14U);
}

}  // namespace
}  // namespace ipucnn
