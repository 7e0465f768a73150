// Real processes of /bin/sh behind the seam.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>

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

/// Entries of a folder of /proc.
std::size_t count_in(const char* folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

TEST_F(Local, LeaveNoDescriptorAndNoZombieBehind) {
  std::size_t open = 0;
  for (int i = 0; i < 200; ++i) {
    LocalProcesses backend(signals_, clock_);
    finish(backend, backend.submit(steps({"exit 0"}), {}));
    text_.clear();
    if (i == 0) open = count_in("/proc/self/fd");
  }
  EXPECT_EQ(count_in("/proc/self/fd"), open);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(Local, EndOnlyWhenWhatTheyLeftBehindHasEnded) {
  backend_.begin_run({"", std::chrono::milliseconds(100)});
  const auto ready = steps({"trap '' TERM; (trap '' TERM; sleep 600) > /dev/null 2>&1 & echo $!"});
  finish(backend_, backend_.submit(ready, {}));
  ASSERT_FALSE(text_.empty());
  EXPECT_NE(::kill(static_cast<pid_t>(std::stol(text_)), 0), 0);
}

TEST_F(Local, BearTheMarkOfTheirRun) {
  backend_.begin_run({"/a/run", std::chrono::milliseconds(100)});
  const auto jobs = backend_.submit(steps({"sleep 600", "printf %s \"$IPUCNN_RUN\""}), {});
  EXPECT_FALSE(marked_processes("/a/run").empty());
  backend_.stop({&jobs[0], 1}, SIGKILL);
  finish(backend_, jobs);
  EXPECT_EQ(text_, "/a/run");
  EXPECT_TRUE(marked_processes("/a/run").empty());
}

}  // namespace
}  // namespace ipucnn
