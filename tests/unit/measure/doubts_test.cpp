#include <gtest/gtest.h>

#include <random>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

MetricPattern rate(bool covers_all = true) {
  MetricPattern metric;
  metric.name = "throughput";
  metric.unit = "samples/s";
  metric.covers_all = covers_all;
  return metric;
}

/// The names of what is doubtful, with blanks between.
std::string doubts(const Series& series, const MetricPattern& metric = rate(),
                   const Expected& expected = {}) {
  std::string names;
  for (const Doubt& doubt : doubts_of(metric, series, summarize(metric, series), expected))
    names += (names.empty() ? "" : " ") + std::string(doubt.name);
  return names;
}

/// Values with one percent of noise about 1000, the same in every run.
std::vector<double> steady(std::size_t n, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) {
    double noise = -6;
    for (int k = 0; k < 12; ++k) noise += static_cast<double>(random()) / 4294967296.0;
    values.push_back(1000 + 10 * noise);
  }
  return values;
}

TEST(Doubts, HasNoneAboutASteadySeries) { EXPECT_EQ(doubts({{{0, steady(50)}}}), ""); }

TEST(Doubts, TellsWhatCannotBeAddedUpWithoutTags) {
  Series series{{{0, steady(50)}}};
  series.untagged = true;
  EXPECT_EQ(doubts(series, rate(false), {4}), "untagged");
  EXPECT_EQ(doubts(series, rate(true), {4}), "");
  EXPECT_EQ(doubts(series, rate(false), {1}), "");
  EXPECT_EQ(doubts(series, rate(false)), "");
}

TEST(Doubts, SaysThatFourValuesAreTooFew) { EXPECT_EQ(doubts({{{0, steady(4)}}}), "too_few"); }

TEST(Doubts, SeesTheBeginningThatIsSlower) {
  std::vector<double> values = steady(50);
  values[0] = 500;
  values[1] = 800;
  EXPECT_EQ(doubts({{{0, values}}}).substr(0, 10), "warming_up");
}

TEST(Doubts, SeesATrend) {
  std::vector<double> values = steady(50);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += 2.0 * static_cast<double>(i);
  EXPECT_NE(doubts({{{0, values}}}).find("trend"), std::string::npos);
}

TEST(Doubts, SeesTwoLevels) {
  std::vector<double> values = steady(50);
  for (std::size_t i = 0; i < values.size(); i += 3) values[i] += 200;
  EXPECT_EQ(doubts({{{0, values}}}), "two_levels");
}

TEST(Doubts, SeesAnOutlier) {
  std::vector<double> values = steady(50);
  values[30] = 600;
  EXPECT_EQ(doubts({{{0, values}}}), "outliers");
}

TEST(Doubts, MissesInstances) {
  EXPECT_EQ(doubts({{{0, steady(50)}, {1, steady(50)}}}, rate(), {4}), "instances_missing");
  EXPECT_EQ(doubts({{{0, steady(50)}, {1, steady(30)}}}, rate(), {2}), "instances_uneven");
  EXPECT_EQ(doubts({{{0, steady(50)}, {1, steady(49)}}}, rate(), {2}), "");
}

TEST(Doubts, HoldsInstancesToEachOther) {
  std::vector<double> slow = steady(50, 2);
  for (double& value : slow) value *= 0.95;
  EXPECT_EQ(doubts({{{0, steady(50)}, {1, slow}}}, rate(true)), "instances_disagree");
  EXPECT_EQ(doubts({{{0, steady(50)}, {1, slow}}}, rate(false)), "");  // other processes may
}

TEST(Doubts, TakesNoNumberForAReasonToLook) {
  Series series{{{0, steady(50)}}};
  series.unreadable = 2;
  EXPECT_EQ(doubts(series), "unreadable");
}

TEST(Doubts, JudgesNoOrderInWhatSaysHowFarARunIs) {
  MetricPattern epoch = rate();
  epoch.unit = "epochs";
  EXPECT_EQ(doubts({{{0, {1, 2, 3}}}}, epoch), "");
}

TEST(Doubts, KnowsWhereOpenMpiLosesBytes) {
  LineReader reader;
  const LineSink sink = [](const LogLine&) {};
  for (int i = 0; i < 100; ++i) reader.feed("[1,0]<stdout>:0.123 4\n", sink);
  const auto found = doubts_of(reader.counts());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "short_lines");
}

}  // namespace
}  // namespace ipucnn
