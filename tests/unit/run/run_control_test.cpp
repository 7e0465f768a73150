// What another process does with a run, by its folder and a machine of the test's own.
#include "ipucnn/run_control.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/fake_backends.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;
using ipucnn::testing::FakeClock;
using ipucnn::testing::FakeInterrupts;
using ipucnn::testing::FakeSlurm;

class RunControl : public ::testing::Test {
 protected:
  RunControl() {
    std::string pattern = fs::temp_directory_path() / "ipucnn-XXXXXX";
    run_.folder = ::mkdtemp(pattern.data());
    run_.folder_name = "night";
    run_.state = "running";
    run_.goes_on = true;
    run_.writer = {"elsewhere", "b", 1, "1"};
  }
  ~RunControl() override { fs::remove_all(run_.folder); }

  /// Gives Slurm, and then has the run end in its record.
  MachineSource slurm() {
    return [this](const MachineWanted& wanted, const std::function<int(Machine&)>& use) {
      EXPECT_EQ(wanted.via, Via::Slurm);
      EXPECT_TRUE(wanted.leaves_signals);
      RunLog nowhere;
      Machine machine{slurm_, clock_, interrupts_, nowhere, {}};
      const int status = use(machine);
      std::ofstream(run_.folder + "/record.json")
          << R"({"state": "cancelled", "ended": "2026-11-21T03:38:00Z"})";
      return status;
    };
  }
  std::optional<KeptRecord> cancel(Reach reach) {
    Watcher nobody;
    return cancel_run(run_, reach, nobody, slurm(), refused_, error_);
  }

  void submit_one() {
    JobPlan plan;
    plan.steps.emplace_back();
    std::vector<std::string> missing;
    const ReadyPlan ready = FilledPlan::make(
                                plan, [](std::string_view) { return std::nullopt; }, {}, missing)
                                ->in("/r");
    slurm_.submit({ready.steps().data(), 1}, {});
  }

  KeptRecord run_;
  FakeClock clock_;
  FakeInterrupts interrupts_{clock_};
  FakeSlurm slurm_{clock_, interrupts_};
  bool refused_ = false;
  std::string error_;
};

TEST_F(RunControl, CancelsNothingOfAnotherHost) {
  EXPECT_FALSE(cancel(Reach::ThisRun));
  EXPECT_TRUE(refused_);
  EXPECT_EQ("it runs on elsewhere; cancel it there", error_);
  EXPECT_FALSE(take_cancel_request(run_.folder));
}

TEST_F(RunControl, CancelsOneRunOfSeveralWhereItsSchedulerHasIt) {
  run_.scheduler = "slurm";
  EXPECT_FALSE(cancel(Reach::ThisRun));
  EXPECT_TRUE(refused_);
  EXPECT_EQ("night is not handed over yet; cancel it once it is", error_);
  submit_one();
  run_.handed = {{"train", 1, "slurm 4000"}, {"validation", 1, "slurm 4999"}};
  const auto ended = cancel(Reach::ThisRun);
  ASSERT_TRUE(ended) << error_;
  EXPECT_TRUE(was_cancelled(*ended));
  EXPECT_EQ(slurm_.signals, (std::vector<std::pair<std::string, int>>{{"slurm 4000", SIGTERM}}));
}

TEST_F(RunControl, IsToldOfACancelledRunOnce) {
  std::ofstream(run_.folder + "/cancel-this-run").flush();
  EXPECT_TRUE(take_cancel_request(run_.folder));
  EXPECT_FALSE(take_cancel_request(run_.folder));
}

TEST_F(RunControl, TellsACancelledRunFromOneThatEndedOtherwise) {
  run_.state = "interrupted";
  run_.signal = SIGTERM;
  EXPECT_TRUE(was_cancelled(run_));
  run_.signal = SIGINT;
  EXPECT_FALSE(was_cancelled(run_));
  run_.state = "cancelled";
  EXPECT_TRUE(was_cancelled(run_));
  run_.state = "done";
  EXPECT_FALSE(was_cancelled(run_));
}

}  // namespace
}  // namespace ipucnn
