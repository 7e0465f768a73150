#include "rehearsal/schedule.h"

#include <gtest/gtest.h>

#include "rehearsal/template.h"

namespace ipucnn::rehearsing {
namespace {

constexpr std::int64_t kImageNet = 1281167;

TrainingLength epochs(std::int64_t batch, double count, std::int64_t logs, std::int64_t per_call) {
  TrainingLength length;
  length.samples = kImageNet;
  length.global_batch = batch;
  length.epochs = count;
  length.logs_per_epoch = logs;
  length.updates_per_call = per_call;
  return length;
}

// Figures below are those of train.py of release 2.3, run with everything heavy replaced by stubs.

TEST(Schedule, RunsWholeCallsThatMayPassTheLength) {
  // batch 1920: 667 updates an epoch; 5 log lines an epoch give calls of 133.
  const auto s = schedule_of(epochs(1920, 1, 5, 1000));
  ASSERT_TRUE(s);
  EXPECT_EQ(s->updates_per_epoch, 667);
  EXPECT_EQ(s->updates, 667);
  EXPECT_EQ(s->updates_per_call, 133);
  EXPECT_EQ(s->calls, 6);  // 798 updates
}

TEST(Schedule, DividesALongLogIntervalIntoEqualCalls) {
  EXPECT_EQ(schedule_of(epochs(1024, 65, 1, 500))->updates_per_call, 417);  // 1251 // round(2.502)
  EXPECT_EQ(schedule_of(epochs(1024, 65, 1, 1000))->updates_per_call, 1251);  // // round(1.251)
  TrainingLength length;
  length.samples = kImageNet;
  length.updates = 5000;
  length.updates_per_call = 1000;
  for (const auto& [interval, call] : {std::pair<std::int64_t, std::int64_t>{1200, 1200},
                                       {2500, 1250},    // half goes to the even 2
                                       {1500, 750},     // and so does 1.5
                                       {3500, 875}}) {  // 3.5 goes to 4
    length.updates_per_log = interval;
    EXPECT_EQ(schedule_of(length)->updates_per_call, call) << interval;
  }
}

TEST(Schedule, PrintsTheFirstCallEachIntervalAndTheLastTwo) {
  TrainingSchedule s;
  s.updates_per_call = 100;
  s.updates_per_log = 250;
  s.calls = 10;
  std::vector<std::int64_t> printed;
  for (std::int64_t call = 1; call <= s.calls; ++call)
    if (s.prints(call)) printed.push_back(call);
  EXPECT_EQ(printed, (std::vector<std::int64_t>{1, 3, 5, 8, 9, 10}));
}

TEST(Schedule, SavesAtAMultipleOfTheCallAndAtTheEnd) {
  // Every 4 epochs of 667 updates; calls of 133: 2793 is the first multiple behind 2668.
  TrainingLength length = epochs(1920, 8.2, 5, 1000);
  length.epochs_per_checkpoint = 4;
  const auto s = schedule_of(length);
  std::vector<std::int64_t> saved;
  for (std::int64_t call = 1; call <= s->calls; ++call)
    if (s->saves(call)) saved.push_back(call * s->updates_per_call);
  EXPECT_EQ(saved, (std::vector<std::int64_t>{2793, 5453, 5586}));
}

TEST(Schedule, IsAbsentWhereTheScriptWouldDivideByZero) {
  EXPECT_FALSE(schedule_of(epochs(kImageNet + 1, 1, 1, 1)));
  EXPECT_FALSE(schedule_of(epochs(1024, 1, 1252, 1)));
  EXPECT_FALSE(schedule_of(epochs(1024, 1, 0, 1)));
  EXPECT_FALSE(schedule_of(epochs(1024, 1e300, 1, 1)));
}

TEST(Evaluation, LeavesOutWhatFillsNoBatch) {
  const auto even = evaluation_of(50000, 400, 1000);
  EXPECT_EQ(even->batches_per_call, 125);
  EXPECT_EQ(even->samples, 50000);
  EXPECT_EQ(evaluation_of(50000, 1024, 1000)->samples, 50000 - 848);
  // 1501 batches in calls of about 1000 are two of 750.
  const auto split = evaluation_of(1501, 1, 1000);
  EXPECT_EQ(split->batches_per_call, 750);
  EXPECT_EQ(split->calls, 2);
  EXPECT_FALSE(evaluation_of(10, 11, 1));
}

TEST(Template, FillsFieldsAsPythonDoes) {
  std::string error;
  const Fields fields = {{"step", std::int64_t{7}}, {"loss", 1.23456}, {"name", std::string("x")}};
  const auto option = [](std::string_view key) -> std::optional<std::string> {
    return key == "model" ? std::optional<std::string>("resnet") : std::nullopt;
  };
  EXPECT_EQ(
      fill("step: {step:6}, loss: {loss:6.3f} {name} {model} {seed} {{}}", fields, option, error),
      "step:      7, loss:  1.235 x resnet None {}");
  EXPECT_EQ(error, "");
  EXPECT_EQ(fill("{step:zz}", fields, option, error), std::nullopt);
  EXPECT_NE(error, "");
}

TEST(NearestDivisor, NeverIsTheSquareRoot) {
  EXPECT_EQ(rehearsing::nearest_divisor(16, 4), 2);
  EXPECT_EQ(rehearsing::nearest_divisor(9, 3), 1);
  EXPECT_EQ(rehearsing::nearest_divisor(667, 29), 29);
  EXPECT_EQ(rehearsing::nearest_divisor(667, 10), 1);
  EXPECT_EQ(rehearsing::nearest_divisor(1, 1), 1);
}

rehearsing::TrainingLength divided(std::int64_t updates, double epochs, double logs,
                                   double checkpoints) {
  rehearsing::TrainingLength length;
  length.updates = updates;
  length.epochs = epochs;
  length.log_share = logs;
  length.checkpoint_share = checkpoints;
  return length;
}

TEST(ScheduleByDivisors, LinesDivideAnEpochOrTheRun) {
  const auto fewer = rehearsing::schedule_by_divisors(divided(12, 4, 0.5, 0));
  ASSERT_TRUE(fewer);
  EXPECT_EQ(fewer->updates_per_log, 24);
  EXPECT_EQ(fewer->updates_per_call, 24);
  EXPECT_EQ(fewer->calls, 2);
  const auto more = rehearsing::schedule_by_divisors(divided(667, 2, 29, 0.25));
  ASSERT_TRUE(more);
  EXPECT_EQ(more->updates_per_log, 23);
  EXPECT_EQ(more->updates_per_call, 23);
}

TEST(ScheduleByDivisors, CheckpointsCutTheCallsAsWell) {
  const auto both = rehearsing::schedule_by_divisors(divided(12, 4, 0.5, 1));
  ASSERT_TRUE(both);
  EXPECT_EQ(both->updates_per_call, 12);
  EXPECT_FALSE(both->prints(1));
  EXPECT_TRUE(both->prints(2));
  const auto none = rehearsing::schedule_by_divisors(divided(12, 4, 0, 0));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->calls, 1);
  EXPECT_FALSE(rehearsing::schedule_by_divisors(divided(0, 4, 1, 0)));
}

}  // namespace
}  // namespace ipucnn::rehearsing
