#include <gtest/gtest.h>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

MetricPattern metric(bool covers_all, std::int64_t discard_first) {
  MetricPattern spec;
  spec.name = "throughput";
  spec.unit = "samples/s";
  spec.covers_all = covers_all;
  spec.discard_first = discard_first;
  return spec;
}

TEST(Summarize, TakesTheMeanOverInstancesOfAGlobalFigure) {
  // Kept: (110 + 112) / 2 = 111, (120 + 122) / 2 = 121.
  const Summary s = summarize(metric(true, 1), {{{0, {10, 110, 120}}, {1, {11, 112, 122}}}});
  EXPECT_EQ(s.n, 2U);
  EXPECT_DOUBLE_EQ(*s.mean, 116);
  EXPECT_DOUBLE_EQ(*s.median, 116);
  EXPECT_DOUBLE_EQ(*s.min, 111);
  EXPECT_DOUBLE_EQ(*s.max, 121);
  EXPECT_DOUBLE_EQ(*s.stddev, 7.0710678118654755);  // sqrt((25 + 25) / 1)
  ASSERT_EQ(s.discarded.size(), 2U);
  EXPECT_EQ(s.discarded[1].instance, 1);
  EXPECT_EQ(s.discarded[1].index, 0U);
}

TEST(Summarize, AddsTheFiguresOfProcessesUp) {
  // The third value of instance 0 has no counterpart, and half a sum is no sum.
  const Summary s = summarize(metric(false, 0), {{{0, {1, 2, 3}}, {1, {10, 20}}}});
  EXPECT_EQ(s.n, 2U);
  EXPECT_DOUBLE_EQ(*s.mean, 16.5);
  EXPECT_TRUE(s.discarded.empty());
}

TEST(Summarize, TakesTheLongestTimeOfProcessesWhereTheMetricSaysSo) {
  MetricPattern time = metric(false, 0);
  time.unit = "s";
  const Series series{{{0, {412}}, {1, {415}}, {2, {411}}}};
  EXPECT_DOUBLE_EQ(*summarize(time, series).mean, 412 + 415 + 411);
  time.combine = Combine::Longest;
  EXPECT_EQ(summarize(time, series).n, 1U);
  EXPECT_DOUBLE_EQ(*summarize(time, series).mean, 415);
  time.combine = Combine::Mean;
  EXPECT_DOUBLE_EQ(*summarize(time, series).mean, (412 + 415 + 411) / 3.0);
}

TEST(Summarize, TakesTheMeanOfThoseInstancesThatHaveAValue) {
  const Summary s = summarize(metric(true, 0), {{{0, {1, 2, 9}}, {1, {3, 4}}}});
  EXPECT_EQ(s.n, 3U);
  EXPECT_DOUBLE_EQ(*s.mean, (2 + 3 + 9) / 3.0);
  EXPECT_DOUBLE_EQ(*s.median, 3);
}

TEST(Summarize, GivesNoSpreadOfOneValue) {
  const Summary s = summarize(metric(true, 1), {{{0, {5, 7}}}});
  EXPECT_EQ(s.n, 1U);
  EXPECT_DOUBLE_EQ(*s.mean, 7);
  EXPECT_FALSE(s.stddev);
}

TEST(Summarize, HasNoMeanOfWhatSaysHowFarARunIs) {
  MetricPattern accuracy = metric(true, 0);
  accuracy.unit = "%";
  const Summary s = summarize(accuracy, {{{0, {10, 30, 20}}}});
  EXPECT_EQ(s.n, 3U);
  EXPECT_FALSE(s.mean);
  EXPECT_FALSE(s.median);
  EXPECT_EQ(s.max, 30);
}

TEST(Summarize, LeavesOutWhatStandsForNotMeasured) {
  const Summary s = summarize(metric(true, 0), {{{0, {-1, 5, 6}}}});
  EXPECT_EQ(s.n, 2U);
  ASSERT_EQ(s.discarded.size(), 1U);
  EXPECT_EQ(s.discarded[0].why, kNotMeasured);
}

TEST(Summarize, TellsTheLastAndTheBestOfCheckpoints) {
  MetricPattern accuracy = metric(true, 0);
  accuracy.better = "higher";
  const Summary s = summarize(accuracy, {{{0, {0.1, 46, 45}}, {1, {0.3, 46, 45}}}});
  EXPECT_EQ(s.n, 3U);
  EXPECT_FALSE(s.mean || s.median || s.stddev);
  EXPECT_DOUBLE_EQ(s.last->value, 45);
  EXPECT_EQ(s.last->index, 2U);
  EXPECT_DOUBLE_EQ(s.best->value, 46);
  EXPECT_EQ(s.best->index, 1U);
  accuracy.better = "lower";
  EXPECT_DOUBLE_EQ(summarize(accuracy, {{{0, {3, 2, 2.5}}}}).best->value, 2);
  // Percentages of processes are no parts of a sum.
  accuracy.covers_all = false;
  accuracy.combine = Combine::Mean;
  EXPECT_DOUBLE_EQ(summarize(accuracy, {{{0, {70}}, {1, {72}}}}).last->value, 71);
}

TEST(Summarize, GivesNothingWhereNoValueIsKept) {
  const Summary s = summarize(metric(true, 1), {{{0, {5}}, {1, {6}}}});
  EXPECT_EQ(s.n, 0U);
  EXPECT_FALSE(s.mean);
  EXPECT_EQ(s.discarded.size(), 2U);
  EXPECT_EQ(summarize(metric(true, 1), {}).n, 0U);
}

}  // namespace
}  // namespace ipucnn
