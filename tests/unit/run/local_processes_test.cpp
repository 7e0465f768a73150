// Real processes of /bin/sh behind the seam.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "ipucnn/local_run.h"

namespace ipucnn {
namespace {

class Local : public ::testing::Test {
 protected:
  /// What `sh -c` runs.
  std::vector<ReadyStep> steps(const std::vector<std::string>& scripts) {
    JobPlan plan;
    for (const std::string& script : scripts) {
      Step step;
      step.name = "s";
      for (const std::string& text : {std::string("/bin/sh"), std::string("-c"), script}) {
        Arg arg;
        arg.pieces = {{Piece::Kind::Text, text, std::nullopt}};
        step.command.argv.push_back(arg);
      }
      plan.steps.push_back(step);
    }
    std::vector<std::string> missing;
    return FilledPlan::make(
               plan, [](std::string_view) { return std::nullopt; }, {}, missing)
        ->in("/run")
        .steps();
  }

  /// Polls until each job has ended.
  void finish(LocalProcesses& backend, const std::vector<Submitted>& jobs) {
    exits_.assign(jobs.size(), std::nullopt);
    const auto open = [&] {
      return std::any_of(exits_.begin(), exits_.end(), [](const auto& exit) { return !exit; });
    };
    while (open()) {
      for (const Event& event : backend.poll(jobs, clock_.now() + std::chrono::seconds(60))) {
        if (const auto* bytes = std::get_if<Bytes>(&event.what)) {
          EXPECT_EQ(bytes->offset, static_cast<std::int64_t>(text_.size()));
          text_ += bytes->bytes;
        } else if (const auto* exit = std::get_if<Exit>(&event.what)) {
          exits_[event.job] = *exit;
        }
      }
      while (signals_.next()) {
      }
    }
  }

  SystemClock clock_;
  PosixSignals signals_;
  LocalProcesses backend_{signals_, clock_};
  std::vector<std::optional<Exit>> exits_;
  std::string text_;
};

TEST_F(Local, GiveTheirBytesAtTheirOffsetsAndThenTheirExit) {
  const auto ready = steps({"printf one; sleep 0.05; printf two; exit 3"});
  finish(backend_, backend_.submit(ready, {}));
  EXPECT_EQ(text_, "onetwo");
  EXPECT_EQ(std::get<Exited>(*exits_[0]).code, 3);
}

TEST_F(Local, WaitForThoseBefore) {
  const auto ready = steps({"exit 0", "printf second", "exit 4", "printf never"});
  auto jobs = backend_.submit({&ready[0], 1}, {});
  jobs.push_back(backend_.submit({&ready[1], 1}, {{jobs[0]}})[0]);
  jobs.push_back(backend_.submit({&ready[2], 1}, {{jobs[1]}})[0]);
  jobs.push_back(backend_.submit({&ready[3], 1}, {{jobs[2]}})[0]);
  finish(backend_, jobs);
  EXPECT_EQ(text_, "second");
  EXPECT_EQ(std::get<Exited>(*exits_[2]).code, 4);
  EXPECT_TRUE(std::holds_alternative<Cancelled>(*exits_[3]));
}

TEST_F(Local, AreStoppedWithAllThatTheyStarted) {
  const auto ready = steps({"sleep 600 & wait"});
  const auto jobs = backend_.submit(ready, {});
  backend_.stop(jobs, SIGTERM);
  finish(backend_, jobs);
  EXPECT_EQ(std::get<Killed>(*exits_[0]).signal, SIGTERM);
}

TEST_F(Local, AreAdoptedByTheirTextAndAreLostOnceTheyAreGone) {
  const auto ready = steps({"sleep 600"});
  const auto jobs = backend_.submit(ready, {});
  LocalProcesses other(signals_, clock_);
  EXPECT_FALSE(other.adopt({"process x 1 2"}));
  EXPECT_FALSE(other.adopt({""}));
  ASSERT_TRUE(other.adopt(jobs[0]));
  other.stop(jobs, SIGKILL);
  finish(backend_, jobs);
  EXPECT_EQ(std::get<Killed>(*exits_[0]).signal, SIGKILL);
  finish(other, jobs);
  EXPECT_TRUE(std::holds_alternative<Lost>(*exits_[0]));
  EXPECT_FALSE(LocalProcesses(signals_, clock_).adopt(jobs[0]));
}

}  // namespace
}  // namespace ipucnn
