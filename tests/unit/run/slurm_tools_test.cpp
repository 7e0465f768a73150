#include "run/slurm_tools.h"

#include <gtest/gtest.h>

#include <csignal>

namespace ipucnn::running {
namespace {

QueuedJob in_state(const std::string& state) {
  QueuedJob job;
  job.id = "7";
  job.state = state;
  return job;
}

template <typename Kind>
bool ends_as(const std::string& state) {
  const QueuedJob job = in_state(state);
  return job.is_over() && std::holds_alternative<Kind>(exit_of(&job, {}));
}

// The states that the loopback cluster of tests/slurm_test.py cannot be brought to are held here.
TEST(SlurmTools, TellsTheStatesApart) {
  EXPECT_TRUE(ends_as<Cancelled>("CANCELLED"));
  EXPECT_TRUE(ends_as<Cancelled>("REVOKED"));
  EXPECT_TRUE(ends_as<Preempted>("PREEMPTED"));
  EXPECT_TRUE(ends_as<Lost>("NODE_FAIL"));
  EXPECT_TRUE(ends_as<NotStarted>("BOOT_FAIL"));
  EXPECT_TRUE(ends_as<PastLimit>("TIMEOUT"));
  EXPECT_TRUE(ends_as<PastLimit>("DEADLINE"));
  EXPECT_TRUE(ends_as<Killed>("OUT_OF_MEMORY"));
  EXPECT_TRUE(ends_as<Exited>("COMPLETED"));
  EXPECT_EQ(remark_on(in_state("OUT_OF_MEMORY"))->id, "slurm_out_of_memory");
  EXPECT_EQ(remark_on(in_state("NODE_FAIL"))->line, "Slurm says NODE_FAIL of job 7");
  EXPECT_FALSE(remark_on(in_state("FAILED")));
  for (const char* state : {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD"})
    EXPECT_TRUE(in_state(state).waits() && !in_state(state).is_over()) << state;
  for (const char* state : {"RUNNING", "COMPLETING", "SUSPENDED", "STAGE_OUT", "STOPPED"})
    EXPECT_FALSE(in_state(state).waits() || in_state(state).is_over()) << state;
}

TEST(SlurmTools, TakesTheScriptsWordForItsStatus) {
  QueuedJob job = in_state("FAILED");
  job.wait_status = SIGKILL;
  EXPECT_EQ(std::get<Killed>(exit_of(&job, {})).signal, SIGKILL);
  EXPECT_EQ(std::get<Exited>(exit_of(&job, {{"status", "143"}})).code, 143);
  EXPECT_EQ(std::get<Exited>(exit_of(nullptr, {{"status", "0"}, {"signal", ""}})).code, 0);
  EXPECT_EQ(std::get<Killed>(exit_of(nullptr, {{"status", "1"}, {"signal", "TERM"}})).signal,
            SIGTERM);
  EXPECT_TRUE(std::holds_alternative<Lost>(exit_of(nullptr, {})));
  EXPECT_TRUE(std::holds_alternative<NotStarted>(
      exit_of(nullptr, {{"status", "1"}, {"withdrawn", "yes"}})));
}

TEST(SlurmTools, ReadsTheAccounting) {
  const auto jobs = read_accounting(
      "7|CANCELLED by 1000|0:15|00:05:00\n8|FAILED|7:0|UNLIMITED\n9|RUNNING|0:0|1-00:00:00\n"
      "10|OUT_OF_MEMORY|0:125|01:00:00\n11|TIMEOUT|0:1|00:01:00\nsacct: odd line\n");
  EXPECT_EQ(jobs.size(), 4);  // one of them has no end yet
  EXPECT_TRUE(std::holds_alternative<Cancelled>(exit_of(&jobs.at("7"), {})));
  EXPECT_EQ(std::get<Exited>(exit_of(&jobs.at("8"), {})).code, 7);
  EXPECT_EQ(remark_on(jobs.at("10"))->id, "slurm_out_of_memory");
  EXPECT_EQ(std::get<PastLimit>(exit_of(&jobs.at("11"), {})).seconds, 60);
}

TEST(SlurmTools, NamesTasksInRanges) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(in_ranges({"9", "7_0", "7_1", "7_2", "7_5", "8_4"}), (Words{"9", "7_[0-2,5]", "8_4"}));
  EXPECT_EQ(in_ranges({"7_10", "7_9", "7_2"}), (Words{"7_[2,9-10]"}));
  EXPECT_EQ(in_ranges({}), Words{});
  EXPECT_EQ(array_of("7_3"), "7");
  EXPECT_EQ(array_of("7"), "7");
}

TEST(SlurmTools, ReadsTimes) {
  EXPECT_EQ(slurm_seconds("5:00"), 300);
  EXPECT_EQ(slurm_seconds("1-02:03:04"), 93784);
  EXPECT_EQ(slurm_seconds("UNLIMITED"), std::nullopt);
  EXPECT_EQ(slurm_seconds(""), std::nullopt);
}

}  // namespace
}  // namespace ipucnn::running
