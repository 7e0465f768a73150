#include <gtest/gtest.h>

#include "ipucnn/measure.h"
#include "ipucnn/report.h"

namespace ipucnn {
namespace {

MetricPattern pattern(const std::string& name, const std::string& unit, std::string line) {
  MetricPattern metric;
  metric.name = name;
  metric.line = std::move(line);
  metric.before = name + ": ";
  metric.unit = unit;
  return metric;
}

std::vector<MetricPattern> training() {
  MetricPattern rate = pattern("rate", "samples/s", "step:");
  rate.discard_first = 1;
  return {rate, pattern("iteration", "weight updates", "step:")};
}

void say(Measurement& measured, std::initializer_list<std::pair<int, int>> lines,
         std::int64_t instance = 0) {
  for (const auto& [iteration, rate] : lines) {
    const std::string text =
        "step: iteration: " + std::to_string(iteration) + " rate: " + std::to_string(rate);
    measured.line({Stream::Out, 0, instance, instance > 0, text});
  }
}

using Found = std::vector<std::size_t>;

Found starts_of(std::initializer_list<double> positions) {
  Starts starts;
  starts.add(std::vector<double>(positions));
  return starts.found();
}

TEST(Starts, AreWhereThePositionGoesBack) {
  EXPECT_EQ(starts_of({100, 200, 300}), Found{});
  EXPECT_EQ(starts_of({100, 200, 100, 200, 300}), Found{2});
  EXPECT_EQ(starts_of({100, 200, 300, 200, 300, 100}), (Found{3, 5}));
  EXPECT_EQ(starts_of({1, 1, 2, 2, 3, 3, 1, 1}), Found{6});
}

TEST(Starts, AreNoneWhereAProcessIsALineBehindTheOthers) {
  EXPECT_EQ(starts_of({100, 100, 200, 200, 300, 200, 300, 400, 300, 400}), Found{});
}

TEST(Starts, LeaveTheirFirstValuesOut) {
  Measurement measured(training(), {});
  say(measured, {{100, 10}, {200, 1000}, {300, 1001}, {100, 20}, {200, 1002}, {300, 1003}});
  const Series series = measured.series(0);
  EXPECT_EQ(series.starts.at(0), Found{3});
  const Summary summary = summarize(measured.metrics()[0], series);
  EXPECT_EQ(summary.samples, (std::vector<double>{1000, 1001, 1002, 1003}));
  ASSERT_EQ(summary.discarded.size(), 2U);
  EXPECT_EQ(summary.discarded[1].index, 3U);
  EXPECT_EQ(summary.discarded[1].why, kFirstValue);
  EXPECT_EQ(doubts_of(measured.metrics()[0], series, summary, {}).front().name, "several_starts");
  const std::string text = report_text(measured, std::nullopt);
  EXPECT_NE(text.find("left out: the first value of each start\n"), std::string::npos) << text;
}

TEST(Starts, AreKnownThoughALineWasCutOff) {
  Measurement measured(training(), {});
  say(measured, {{100, 10}, {200, 1000}, {300, 1001}});
  measured.line({Stream::Out, 0, 0, false, "step: iteration: 400 ra"});
  say(measured, {{100, 20}, {200, 1002}});
  const Series series = measured.series(0);
  const Summary summary = summarize(measured.metrics()[0], series);
  // Which of the two that stand behind it was the first is not known.
  EXPECT_EQ(summary.samples, (std::vector<double>{1000, 1001}));
  EXPECT_NE(doubts_of(measured.metrics()[0], series, summary, {}).front().says.find("2 starts"),
            std::string::npos);
}

TEST(Starts, AreKnownOfValuesThatAreNotKept) {
  Measurement measured(training(), {});
  measured.keep_outlines_of_states();
  for (int start = 0; start < 2; ++start)
    for (int i = 1; i <= 2000; ++i) say(measured, {{i, i == 1 ? 10 : 1000}});
  EXPECT_EQ(measured.series(0).starts.at(0), Found{2000});
  EXPECT_EQ(summarize(measured.metrics()[0], measured.series(0)).min, 1000);
  measured.let_go_of_values();
  say(measured, {{2001, 1000}, {1, 10}, {2, 1000}});
  EXPECT_EQ(measured.series(0).starts.at(0), Found{1});
}

TEST(Starts, AreToldForEachInstance) {
  Measurement measured(training(), {});
  say(measured, {{100, 10}, {200, 1000}}, 1);
  say(measured, {{100, 10}, {200, 1000}, {300, 1000}, {100, 20}, {200, 1000}}, 2);
  const Series series = measured.series(0);
  EXPECT_EQ(series.starts.count(1), 0U);
  EXPECT_EQ(series.starts.at(2), Found{3});
}

TEST(Starts, ShiftNoPlaceOfACheckpoint) {
  MetricPattern accuracy = pattern("accuracy", "%", "step:");
  accuracy.better = "higher";
  accuracy.at = "iteration";
  accuracy.before = "rate: ";
  accuracy.discard_first = 1;
  MetricPattern rate = accuracy;
  rate.unit = "samples/s";
  Measurement measured({accuracy, training()[1], rate}, {});
  say(measured, {{100, 10}, {200, 20}, {300, 30}, {100, 40}, {200, 50}});
  EXPECT_EQ(measured.places(0), (std::vector<double>{200, 300, 100, 200}));
  EXPECT_EQ(measured.places(2), (std::vector<double>{200, 300, 200}));
}

TEST(Measurement, ReadsWhatTellsPlacesThoughNobodyWantsToSeeIt) {
  Measurement measured(training(), {});
  measured.hide(1);
  say(measured, {{100, 10}, {200, 1000}, {300, 1001}, {100, 20}, {200, 1002}});
  EXPECT_FALSE(measured.series(1).printed());
  EXPECT_EQ(summarize(measured.metrics()[0], measured.series(0)).samples,
            (std::vector<double>{1000, 1001, 1002}));
  EXPECT_EQ(report_text(measured, std::nullopt).find("iteration"), std::string::npos);
}

TEST(Measurement, CountsValuesBelowZeroOfWhatIsNoRateAndNoTime) {
  Measurement measured({pattern("elbo", "", ""), pattern("latency", "ms", "")}, {});
  for (const char* line : {"elbo: 1.5", "elbo: -0.5", "elbo: -1.5", "latency: -1", "latency: 3"})
    measured.line({Stream::Out, 0, 0, false, line});
  EXPECT_EQ(summarize(measured.metrics()[0], measured.series(0)).n, 3U);
  EXPECT_EQ(summarize(measured.metrics()[1], measured.series(1)).n, 1U);
}

TEST(Measurement, TakesNumbersThatOverflowForNone) {
  Measurement measured({pattern("loss", "1", "")}, {});
  for (const char* line : {"loss: 1e308", "loss: -1e61", "loss: 1e60", "loss: 2.5"})
    measured.line({Stream::Out, 0, 0, false, line});
  EXPECT_EQ(measured.series(0).per_instance.at(0), (std::vector<double>{1e60, 2.5}));
  EXPECT_EQ(measured.series(0).unreadable, 2);
  EXPECT_LT(report_text(measured, std::nullopt).size(), 300U);
}

TEST(Statistics, SaysOfNoSeriesThatItTellsLessThanOneValue) {
  const auto found = dependence_of(std::vector<double>{1, 2, 3, 4, 5, 6, 7});
  ASSERT_TRUE(found);
  EXPECT_GE(found->effective_n, 1);
  EXPECT_LE(found->block, 7U);
}

}  // namespace
}  // namespace ipucnn
