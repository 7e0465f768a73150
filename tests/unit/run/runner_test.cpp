// What a run does, on a clock and with processes of the test's own: nothing here sleeps.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "ipucnn/startable_run.h"
#include "support/fake_backends.h"

namespace ipucnn {
namespace {

using ipucnn::testing::ends;
using ipucnn::testing::err;
using ipucnn::testing::FakeClock;
using ipucnn::testing::FakeInterrupts;
using ipucnn::testing::FakeProcesses;
using ipucnn::testing::FakeSlurm;
using ipucnn::testing::out;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

Arg word(std::string text) {
  Arg arg;
  arg.pieces = {{Piece::Kind::Text, std::move(text), std::nullopt}};
  return arg;
}

Arg variable(std::string name) {
  Arg arg;
  arg.pieces = {{Piece::Kind::Variable, std::move(name), std::nullopt}};
  return arg;
}

Step training() {
  Step step;
  step.name = step.purpose = "train";
  step.command.argv = {word("train")};
  step.metrics = {{"throughput", "", "img/sec: ", "", "samples/s", true, 1},
                  {"loss", "", "loss: ", "", "1", true, 0}};
  step.proof = {ProofPattern::Kind::Metric, "throughput"};
  return step;
}

/// What was told, as one line each.
struct Told final : Watcher {
  void run_began(const std::string& path) override { folder = path; }
  void step_began(const Step& step, Time) override { lines.push_back("began " + step.name); }
  void bytes(const Bytes& bytes, const Measurement& measured, Time) override {
    shown[bytes.stream == Stream::Out ? 0 : 1] += bytes.bytes;
    instances = measured.instances();
  }
  std::optional<Time> next_tick() override { return tick_at; }
  void tick(const Measurement&, Time at) override {
    if (!tick_at || at < *tick_at) return;
    ++ticks;
    *tick_at += milliseconds(200);
  }
  void log_cut_off(const std::string& why) override { lines.push_back("cut off: " + why); }
  void stopping(const std::string& what) override { stops.push_back(what); }
  void step_ended(const ReadyStep& step, const StepResult& result) override {
    lines.push_back("ended " + step.made().name + " " + std::string(end_name(result.end)));
  }
  std::string folder;
  std::vector<std::string> lines;
  std::vector<std::string> stops;
  std::string shown[2];
  std::size_t instances = 0;
  std::optional<Time> tick_at;
  int ticks = 0;
};

struct Notes final : RunLog {
  void note(std::string_view text) override { lines.emplace_back(text); }
  std::vector<std::string> lines;
};

class Runner : public ::testing::Test {
 protected:
  Runner() {
    std::string pattern = fs::temp_directory_path() / "ipucnn-XXXXXX";
    place_ = ::mkdtemp(pattern.data());
    plan_.name = "job";
    plan_.target = "pod16";
    plan_.steps = {training()};
  }
  ~Runner() override { fs::remove_all(place_); }

  RunResult run(Backend& backend) {
    std::vector<std::string> missing;
    const auto filled = FilledPlan::make(
        plan_, [](std::string_view) { return std::optional<std::string>(); },
        backend.kept_variables(), missing);
    if (!filled) return {"variables are missing"};
    Machine machine{backend, clock_, interrupts_, notes_, {"host", "boot", 7, "123"}};
    return run_plan(
        {*filled, place_, {{"plan.json", plan_text_}}, settings_, {}, {}, context_, first_step_},
        machine, told_);
  }
  RunResult run() { return run(processes_); }

  End end_of(std::vector<ipucnn::testing::Happening> script) {
    processes_.scripts = {std::move(script)};
    const RunResult result = run();
    EXPECT_EQ(result.error, "");
    return result.steps.at(0).end;
  }

  std::string text(const std::string& path) const {
    std::ifstream file(told_.folder + "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  nlohmann::json json(const std::string& path) const { return nlohmann::json::parse(text(path)); }

  Time after(std::int64_t ms) const { return clock_.at + milliseconds(ms); }

  using Signals = std::vector<std::pair<std::string, int>>;

  std::string place_;
  JobPlan plan_;
  RunSettings settings_;
  RunContext context_;
  std::size_t first_step_ = 0;
  std::string plan_text_ = "{}\n";
  FakeClock clock_;
  FakeInterrupts interrupts_{clock_};
  FakeProcesses processes_{clock_, interrupts_};
  Told told_;
  Notes notes_;
};

constexpr const char* kTwoValues = "loss: 7, img/sec: 90.0\nloss: 6.5, img/sec: 100.0\n";

TEST_F(Runner, EndsWellWhereTheProofIsPrinted) {
  EXPECT_TRUE(std::holds_alternative<Done>(end_of({out(10, kTwoValues), ends(20, Exited{0})})));
  EXPECT_EQ(told_.lines, (std::vector<std::string>{"began train", "ended train done"}));
  const auto record = json("train/1/record.json");
  EXPECT_EQ(record.at("state"), "done");
  EXPECT_EQ(record.at("exit_status"), 0);
  EXPECT_FALSE(record.contains("signal"));
  EXPECT_FALSE(record.contains("reason"));
  EXPECT_DOUBLE_EQ(record.at("seconds"), 0.02);
}

TEST_F(Runner, IsSilentWithout) {
  const End end = end_of({out(10, "loss: 7\n"), ends(20, Exited{0})});
  EXPECT_EQ(std::get<Silent>(end).missing, "no throughput was printed");
  EXPECT_EQ(json("train/1/record.json").at("reason"), "no throughput was printed");
  EXPECT_EQ(json("record.json").at("state"), "silent");
}

TEST_F(Runner, FailsWithTheProcessWhateverWasPrinted) {
  const End end = end_of({out(10, kTwoValues), ends(20, Exited{7})});
  EXPECT_EQ(std::get<Exited>(std::get<Failed>(end).how).code, 7);
  EXPECT_EQ(json("train/1/record.json").at("exit_status"), 7);
}

TEST_F(Runner, TellsASignalThatKilledTheProcessFromAStatus) {
  const End end = end_of({ends(20, Killed{SIGKILL})});
  EXPECT_EQ(std::get<Killed>(std::get<Failed>(end).how).signal, SIGKILL);
  const auto record = json("train/1/record.json");
  EXPECT_EQ(record.at("signal"), SIGKILL);
  EXPECT_FALSE(record.contains("exit_status"));
}

TEST_F(Runner, PassesASignalOnAndWaitsForTheJob) {
  interrupts_.coming = {{after(100), SIGTERM}};
  processes_.on_signal = {{SIGTERM, Exited{0}}};
  const End end = end_of({out(10, kTwoValues), ends(60000, Exited{0})});
  EXPECT_EQ(std::get<Interrupted>(end).signal, SIGTERM);
  EXPECT_EQ(processes_.signals,
            (std::vector<std::pair<std::string, int>>{{"process 100", SIGTERM}}));
  const auto record = json("train/1/record.json");
  EXPECT_EQ(record.at("state"), "interrupted");
  EXPECT_EQ(record.at("signal"), SIGTERM);
  EXPECT_FALSE(record.contains("exit_status"));
}

TEST_F(Runner, StartsNothingAfterASignal) {
  interrupts_.coming = {{clock_.at, SIGTERM}};
  EXPECT_EQ(std::get<Interrupted>(end_of({ends(5000, Exited{0})})).signal, SIGTERM);
  EXPECT_TRUE(processes_.started.empty());
  EXPECT_EQ(json("record.json").at("state"), "interrupted");
}

TEST_F(Runner, EndsAJobThatTakesNoNoticeWhenItsGraceIsOver) {
  interrupts_.coming = {{after(100), SIGINT}};
  processes_.on_signal = {{SIGKILL, Killed{SIGKILL}}};
  const End end = end_of({ends(90000, Exited{0})});
  EXPECT_EQ(std::get<Interrupted>(end).signal, SIGINT);
  EXPECT_EQ(processes_.signals, (Signals{{"process 100", SIGINT}, {"process 100", SIGKILL}}));
  EXPECT_EQ(clock_.at, Time{} + milliseconds(30100));
  EXPECT_EQ(told_.stops, (std::vector<std::string>{"got signal 2; it has 30 s to end",
                                                   "its time to end is over; all of it is ended"}));
}

TEST_F(Runner, TakesASecondSignalForHaste) {
  settings_.grace = std::chrono::seconds(60);
  interrupts_.coming = {{after(100), SIGINT}, {after(300), SIGINT}};
  processes_.on_signal = {{SIGKILL, Killed{SIGKILL}}};
  end_of({ends(90000, Exited{0})});
  EXPECT_EQ(processes_.signals, (Signals{{"process 100", SIGINT}, {"process 100", SIGKILL}}));
  EXPECT_EQ(clock_.at, Time{} + milliseconds(5300));
}

TEST_F(Runner, NeverGetsMoreTimeBySignals) {
  settings_.grace = std::chrono::seconds(2);
  interrupts_.coming = {{after(100), SIGINT}, {after(300), SIGINT}};
  processes_.on_signal = {{SIGKILL, Killed{SIGKILL}}};
  end_of({ends(90000, Exited{0})});
  EXPECT_EQ(clock_.at, Time{} + milliseconds(2100));
}

TEST_F(Runner, EndsEverythingAtTheThirdSignal) {
  interrupts_.coming = {{after(100), SIGTERM}, {after(300), SIGINT}, {after(400), SIGINT}};
  processes_.on_signal = {{SIGKILL, Killed{SIGKILL}}};
  EXPECT_EQ(std::get<Interrupted>(end_of({ends(90000, Exited{0})})).signal, SIGTERM);
  EXPECT_EQ(clock_.at, Time{} + milliseconds(400));
}

TEST_F(Runner, PassesAHangupOnAsWhatLaunchersCleanUpOn) {
  interrupts_.coming = {{after(100), SIGHUP}};
  processes_.on_signal = {{SIGTERM, Exited{0}}};
  EXPECT_EQ(std::get<Interrupted>(end_of({ends(90000, Exited{0})})).signal, SIGHUP);
  EXPECT_EQ(processes_.signals, (Signals{{"process 100", SIGTERM}}));
}

TEST_F(Runner, StopsWithItsJobAndDoesNotCountTheTime) {
  plan_.steps[0].limits = {{"run", 30}};
  interrupts_.coming = {{after(10000), SIGTSTP}};
  interrupts_.asleep = std::chrono::hours(1);
  processes_.on_signal = {{SIGTERM, Exited{1}}};
  end_of({ends(4000000, Exited{0})});
  EXPECT_EQ(interrupts_.suspended, 1);
  EXPECT_EQ(
      processes_.signals,
      (Signals{{"process 100", SIGTSTP}, {"process 100", SIGCONT}, {"process 100", SIGTERM}}));
  EXPECT_EQ(clock_.at, Time{} + milliseconds(3630000));
}

TEST_F(Runner, KnowsAPhaseThatBeginsWithTheStep) {
  plan_.steps[0].phases = {{"acquire", ""}, {"train", "step:"}};
  plan_.steps[0].limits = {{"acquire", 30}};
  processes_.on_signal = {{SIGTERM, Exited{1}}};
  EXPECT_EQ(std::get<TimedOut>(end_of({out(20000, "a word\n"), ends(90000, Exited{0})})).phase,
            "acquire");
}

TEST_F(Runner, EndsAJobThatWritesNothingAnyMore) {
  settings_.limits = {{"stall", 60}};
  processes_.on_signal = {{SIGTERM, Killed{SIGTERM}}};
  // Before the first figure it may be silent for as long as it likes.
  const End end =
      end_of({out(500000, kTwoValues), out(550000, "a word\n"), ends(900000, Exited{0})});
  EXPECT_EQ(std::get<TimedOut>(end).phase, "stall");
  EXPECT_EQ(clock_.at, Time{} + milliseconds(610000));
  EXPECT_EQ(json("train/1/record.json").at("reason"), "it wrote nothing for 1 m");
}

TEST_F(Runner, TakesALimitThatIsAskedForInPlaceOfThePlans) {
  plan_.steps[0].limits = {{"run", 30}};
  settings_.limits = {{"run", 90}};
  processes_.on_signal = {{SIGTERM, Killed{SIGTERM}}};
  EXPECT_EQ(std::get<TimedOut>(end_of({ends(900000, Exited{0})})).seconds, 90);
  EXPECT_EQ(clock_.at, Time{} + milliseconds(90000));
  EXPECT_EQ(json("record.json").at("reason"), "it took longer than 90 s");
}

TEST_F(Runner, TakesALimitAwayWithZero) {
  plan_.steps[0].limits = {{"run", 30}};
  settings_.limits = {{"run", 0}, {"stall", 0}};
  EXPECT_TRUE(
      std::holds_alternative<Done>(end_of({out(500, kTwoValues), ends(900000, Exited{0})})));
}

TEST_F(Runner, EndsWhatDoesNotEndAtItsLimit) {
  settings_.limits = {{"run", 10}};
  settings_.grace = std::chrono::seconds(3);
  processes_.on_signal = {{SIGKILL, Killed{SIGKILL}}};
  EXPECT_EQ(std::get<TimedOut>(end_of({ends(900000, Exited{0})})).phase, "run");
  EXPECT_EQ(clock_.at, Time{} + milliseconds(13000));
}

constexpr const char* kNoIpu = "error: Failed to acquire 16 IPU(s)\n";

TEST_F(Runner, SaysWhatALineMeansOnce) {
  plan_.steps[0].messages = {
      {"acquire", "Failed to acquire", "no IPU is free", "wait", Severity::Error, true}};
  processes_.scripts = {{err(1, kNoIpu), err(2, kNoIpu), ends(3, Exited{1})}};
  const RunResult result = run();
  ASSERT_EQ(result.steps.at(0).messages.size(), 1U);
  EXPECT_EQ(result.steps[0].messages[0].line, "error: Failed to acquire 16 IPU(s)");
  const auto kept = json("train/1/record.json").at("messages");
  EXPECT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept.at(0).at("cause"), "no IPU is free");
}

TEST_F(Runner, TriesAgainWhatPassesAndWaitsLongerEachTime) {
  plan_.steps[0].messages = {
      {"acquire", "Failed to acquire", "no IPU is free", "wait", Severity::Error, true}};
  settings_.retry = {5, {"acquire"}};
  const std::vector<ipucnn::testing::Happening> fails = {out(10, kTwoValues), err(1000, kNoIpu),
                                                         ends(1000, Exited{1})};
  processes_.scripts = {fails, fails, {out(10, kTwoValues), ends(1000, Exited{0})}};
  const RunResult result = run();
  ASSERT_EQ(result.steps.size(), 1U);
  EXPECT_EQ(json("record.json").at("figures").size(), 1U);  // that of the last try
  EXPECT_EQ(end_name(result.steps[0].end), "done");
  EXPECT_EQ(clock_.at, Time{} + milliseconds(1000 + 10000 + 1000 + 20000 + 1000));
  EXPECT_EQ(told_.stops, (std::vector<std::string>{"acquire; trying again in 10 s (1 of 5)",
                                                   "acquire; trying again in 20 s (2 of 5)"}));
  EXPECT_EQ(json("train/1/record.json").at("state"), "failed");
  EXPECT_EQ(json("train/3/record.json").at("state"), "done");
  EXPECT_EQ(json("record.json").at("try"), 3);
}

TEST_F(Runner, TriesNothingAgainThatWasNotAskedFor) {
  plan_.steps[0].messages = {{"acquire", "Failed to acquire", "", "", Severity::Error, true},
                             {"memory", "out of", "", "", Severity::Error, false}};
  settings_.retry = {5, {"acquire"}};
  for (const char* line : {"out of memory\n", "nothing\n"}) {
    processes_.scripts = {{err(1, line), ends(2, Exited{1})}};
    EXPECT_EQ(end_name(run().steps.at(0).end), "failed");
  }
  // Whoever is interrupted or too late does not want to begin again.
  interrupts_.coming = {{after(1), SIGINT}};
  processes_.on_signal = {{SIGINT, Exited{1}}};
  processes_.scripts = {{err(0, kNoIpu), ends(9000, Exited{1})}};
  EXPECT_EQ(end_name(run().steps.at(0).end), "interrupted");
  EXPECT_EQ(processes_.started.size(), 3U);
}

TEST_F(Runner, GivesUpAfterTheLastTryAndWhenItIsTold) {
  plan_.steps[0].messages = {{"acquire", "Failed to acquire", "", "", Severity::Error, true}};
  plan_.steps[0].retry = Retry{1, {"acquire"}};
  const std::vector<ipucnn::testing::Happening> fails = {err(1, kNoIpu), ends(2, Exited{1})};
  processes_.scripts = {fails, fails, fails};
  EXPECT_EQ(end_name(run().steps.at(0).end), "failed");
  EXPECT_EQ(processes_.started.size(), 2U);
  interrupts_.coming = {{after(5000), SIGTERM}};
  processes_.scripts = {fails, fails};
  EXPECT_EQ(end_name(run().steps.at(0).end), "interrupted");
  EXPECT_EQ(processes_.started.size(), 3U);
}

TEST_F(Runner, HoldsTheStallLimitOfThePlan) {
  plan_.steps[0].limits = {{"stall", 60}};
  processes_.on_signal = {{SIGTERM, Killed{SIGTERM}}};
  const End end = end_of({out(1000, kTwoValues), ends(900000, Exited{0})});
  EXPECT_EQ(std::get<TimedOut>(end).phase, "stall");
  EXPECT_EQ(clock_.at, Time{} + milliseconds(61000));
}

/// A step that tells of checkpoints, and is restored by their folder.
Step with_checkpoints(Step step) {
  step.checkpoints = CheckpointPattern{"Saved to ", " now", "{value}.index", "--restore", true, {}};
  return step;
}

TEST_F(Runner, GoesOnFromTheNewestCheckpointAfterACrash) {
  plan_.steps = {with_checkpoints(training())};
  settings_.retry = Retry{2, {std::string(kCrash)}};
  settings_.resume = true;
  plan_text_ = plan_texts(plan_).front().text;  // what is looked for stands in it
  context_.started_in = place_;
  fs::create_directory(place_ + "/logs");
  std::ofstream(place_ + "/logs/ckpt-4.index") << "whole";
  // The first crash comes before there is any, the second behind one that is whole.
  processes_.scripts = {
      {ends(1, Killed{SIGSEGV})},
      {out(1, "Saved to logs/ckpt-4 now\nSaved to logs/ckpt-8 now\n"), ends(2, Exited{1})},
      {out(1, kTwoValues), ends(2, Exited{0})}};
  EXPECT_EQ(end_name(run().steps.at(0).end), "done");
  ASSERT_EQ(processes_.started.size(), 3U);
  EXPECT_EQ(processes_.started[1], (std::vector<std::string>{"train"}));
  EXPECT_EQ(processes_.started[2],
            (std::vector<std::string>{"train", "--restore", place_ + "/logs"}));
  EXPECT_EQ(json("train/2/record.json").at("checkpoint"), "logs/ckpt-8");
  EXPECT_EQ(json("record.json").at("tries").size(), 3U);
}

TEST_F(Runner, DoesNotStartAStepThatWouldTakeAnotherFolder) {
  Step first = with_checkpoints(training());
  first.output = word("logs/here");
  Step second = training();
  second.name = "validation";
  second.restore = first.output;
  plan_.steps = {first, second};
  context_.started_in = "/work";
  const auto state_behind = [&](const std::string& saved) {
    processes_.scripts = {
        {out(1, kTwoValues), out(1, "Saved to " + saved + " now\n"), ends(2, Exited{0})},
        {out(1, kTwoValues), ends(2, Exited{0})}};
    return std::string(end_name(run().steps.back().end));
  };
  for (const char* good : {"logs/here/ckpt-1", "./logs/here/deep/ckpt-1", "/work/logs/here/ckpt"})
    EXPECT_EQ(state_behind(good), "done") << good;
  for (const char* bad : {"logs/ckpt-1", "logs/hereafter/ckpt-1", "/logs/here/ckpt-1"})
    EXPECT_EQ(state_behind(bad), "not started") << bad;
}

TEST_F(Runner, BeginsWithAFurtherStep) {
  Step second = training();
  second.name = "validation";
  plan_.steps = {training(), second};
  first_step_ = 1;
  EXPECT_EQ(end_name(end_of({out(1, kTwoValues), ends(2, Exited{0})})), "done");
  EXPECT_EQ(told_.lines, (std::vector<std::string>{"began validation", "ended validation done"}));
}

TEST_F(Runner, TriesALaunchAgainUnlessThereIsNoProgram) {
  settings_.retry = {1, {"launch"}};
  processes_.scripts = {{ends(0, NotStarted{"too many processes", false})},
                        {out(1, kTwoValues), ends(2, Exited{0})}};
  EXPECT_EQ(end_name(run().steps.at(0).end), "done");
  processes_.scripts = {{ends(0, NotStarted{"", true})}};
  EXPECT_EQ(end_name(run().steps.at(0).end), "not started");
}

TEST_F(Runner, SaysWhatItWasStartedIn) {
  context_ = {"1.2.3", "Linux 6", {"HOME", "PATH"}, "abc", true, false, {{"torch", "1.10"}},
              {},      "/work"};
  end_of({ends(1, Exited{0})});
  const auto record = json("record.json");
  EXPECT_EQ(record.at("ipucnn"), "1.2.3");
  EXPECT_EQ(record.at("kernel"), "Linux 6");
  EXPECT_EQ(record.at("environment"), (std::vector<std::string>{"HOME", "PATH"}));
  EXPECT_EQ(record.at("commit"), "abc");
}

TEST_F(Runner, SaysWhyAJobWasNotStarted) {
  const End end = end_of({ends(0, NotStarted{"Exec format error", false})});
  EXPECT_EQ(std::get<NotStarted>(end).why, "Exec format error");
  EXPECT_EQ(json("train/1/record.json").at("state"), "not started");
}

TEST_F(Runner, KeepsWhatASchedulerSaysOfAJob) {
  EXPECT_TRUE(std::holds_alternative<Lost>(end_of({ends(1, Lost{"node failed"})})));
  EXPECT_TRUE(std::holds_alternative<Cancelled>(end_of({ends(1, Cancelled{})})));
  EXPECT_TRUE(std::holds_alternative<Preempted>(end_of({ends(1, Preempted{})})));
}

TEST_F(Runner, EndsAStepThatTakesLongerThanItsLimit) {
  plan_.steps[0].limits = {{"run", 30}};
  processes_.on_signal = {{SIGTERM, Killed{SIGTERM}}};
  const End end = end_of({out(10, kTwoValues), ends(60000, Exited{0})});
  EXPECT_EQ(std::get<TimedOut>(end).phase, "run");
  EXPECT_EQ(clock_.at, Time{} + milliseconds(30000));
  EXPECT_EQ(json("train/1/record.json").at("phase"), "run");
}

TEST_F(Runner, CountsALimitFromWhereItsPhaseBegins) {
  plan_.steps[0].phases = {{"compile", "Compiling"}, {"train", "step:"}};
  plan_.steps[0].limits = {{"compile", 30}};
  processes_.on_signal = {{SIGTERM, Exited{1}}};
  EXPECT_EQ(std::get<TimedOut>(end_of({out(20000, "Compiling\n"), ends(90000, Exited{0})})).phase,
            "compile");
  EXPECT_EQ(clock_.at, Time{} + milliseconds(50000));
  // The next phase ends it in time.
  const End end = end_of({out(1000, "Compiling\n"), out(29000, std::string("step: ") + kTwoValues),
                          ends(90000, Exited{0})});
  EXPECT_TRUE(std::holds_alternative<Done>(end));
}

TEST_F(Runner, RunsTheStepsInTurnUpToTheFirstThatDoesNotDoItsWork) {
  plan_.steps.push_back(training());
  plan_.steps[1].name = "validation";
  plan_.steps[1].command.argv = {word("validate")};
  processes_.scripts = {{out(1, kTwoValues), ends(2, Exited{0})}, {ends(2, Exited{3})}};
  RunResult result = run();
  ASSERT_EQ(result.steps.size(), 2U);
  EXPECT_EQ(end_name(result.steps[1].end), "failed");
  EXPECT_EQ(processes_.started, (std::vector<std::vector<std::string>>{{"train"}, {"validate"}}));
  EXPECT_EQ(json("record.json").at("step"), "validation");
  processes_.scripts = {{ends(2, Exited{0})}};
  EXPECT_EQ(run().steps.size(), 1U);
}

TEST_F(Runner, KeepsBothStreamsByteForByte) {
  const std::string bytes = std::string("\x00\xff\r[1,0]<stdout>:", 16) + "no end";
  end_of({out(1, bytes), err(2, "e1\n"), out(3, bytes), err(4, "e2"), ends(5, Exited{0})});
  EXPECT_EQ(text("train/1/stdout.log"), bytes + bytes);
  EXPECT_EQ(text("train/1/stderr.log"), "e1\ne2");
  EXPECT_EQ(told_.shown[0], bytes + bytes);
  EXPECT_EQ(told_.shown[1], "e1\ne2");
}

TEST_F(Runner, TellsWhichBytesCameWhen) {
  end_of({out(0, "a\n"), out(5, "bb\n"), err(10, "e\n"), out(40, "c\n"), ends(50, Exited{0})});
  EXPECT_EQ(text("train/1/times.csv"),
            "seconds,stream,offset,bytes\n"
            "0.000,stdout,0,5\n"
            "0.040,stdout,5,2\n"
            "0.010,stderr,0,2\n");
}

TEST_F(Runner, WritesAtMostAHundredTimesASecond) {
  std::vector<ipucnn::testing::Happening> script;
  for (int i = 0; i < 2000; ++i) script.push_back(i % 2 == 0 ? out(i, "x\n") : err(i, "y\n"));
  script.push_back(ends(2000, Exited{0}));
  end_of(std::move(script));
  const std::string times = text("train/1/times.csv");
  const auto lines = std::count(times.begin(), times.end(), '\n');
  EXPECT_GT(lines, 150);
  EXPECT_LE(lines, 201);
}

TEST_F(Runner, KeepsEveryFigureAsItWasPrinted) {
  end_of({out(100, "[1,1]<stdout>:img/sec: 90.50\n[1,0]<stdout>:loss: nan, img/"),
          out(200, "sec: 1e2\n"), err(300, "img/sec: 7\n"), ends(400, Exited{0})});
  EXPECT_EQ(text("train/1/samples.csv"),
            "seconds,stream,offset,instance,metric,index,value\n"
            "0.100,stdout,14,1,throughput,0,90.50\n"
            "0.200,stdout,43,0,throughput,0,1e2\n"
            "0.300,stderr,0,0,throughput,0,7\n");
}

TEST_F(Runner, SaysWhichFigureStandsForIt) {
  end_of({out(10, kTwoValues), ends(20, Exited{0})});
  const auto record = json("record.json");
  EXPECT_EQ(record.at("schema"), "ipucnn.record/2");
  EXPECT_EQ(record.at("of"), "run");
  EXPECT_EQ(record.at("figures").at(0).at("metric"), "throughput");
  EXPECT_EQ(record.at("figures").at(0).at("mean"), 100.0);
  EXPECT_EQ(record.at("figures").at(0).at("n"), 1);
  EXPECT_EQ(record.at("writer").at("pid"), 7);
  EXPECT_EQ(record.at("writer").at("boot_id"), "boot");
  EXPECT_EQ(record.at("target"), "pod16");
}

TEST_F(Runner, ShowsARunThatIsGoingOn) {
  struct Peek final : Watcher {
    void run_began(const std::string& path) override { read(path); }
    void step_began(const Step&, Time) override { read(folder); }
    void read(const std::string& path) {
      folder = path;
      std::ifstream file(path + "/record.json");
      states.push_back(nlohmann::json::parse(file).at("state"));
    }
    std::string folder;
    std::vector<std::string> states;
  } peek;
  processes_.scripts = {{ends(2, Exited{0})}};
  std::vector<std::string> missing;
  const auto filled = FilledPlan::make(
      plan_, [](std::string_view) { return std::nullopt; }, {}, missing);
  Machine machine{processes_, clock_, interrupts_, notes_, {}};
  run_plan({*filled, place_}, machine, peek);
  EXPECT_EQ(peek.states, (std::vector<std::string>{"preparing", "running"}));
}

TEST_F(Runner, TicksWhileNothingHappens) {
  told_.tick_at = clock_.at;
  end_of({ends(1000, Exited{0})});
  EXPECT_EQ(told_.ticks, 6);  // at 0 and then every 200 ms
}

TEST_F(Runner, LetsTheJobGoOnWhenALogCannotBeWritten) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  struct Filler final : Watcher {
    void log_cut_off(const std::string& why) override { cut_off = why; }
    std::string cut_off;
  } filler;
  // The log is there already, as a way to a device that is full.
  plan_.steps[0].name = "full";
  const std::string folder = place_ + "/20261121T033800Z-job";
  processes_.scripts = {{out(1, kTwoValues), ends(2, Exited{0})}};
  struct Linking final : RunLog {
    explicit Linking(std::string to) : folder(std::move(to)) {}
    bool open(const std::string&, std::string&) override {
      fs::create_directories(folder + "/full/1");
      fs::create_symlink("/dev/full", folder + "/full/1/stdout.log");
      return true;
    }
    std::string folder;
  } linking(folder);
  std::vector<std::string> missing;
  const auto filled = FilledPlan::make(
      plan_, [](std::string_view) { return std::nullopt; }, {}, missing);
  Machine machine{processes_, clock_, interrupts_, linking, {}};
  const RunResult result = run_plan({*filled, place_}, machine, filler);
  EXPECT_EQ(end_name(result.steps.at(0).end), "done");
  EXPECT_EQ(result.steps.at(0).log_error, "the log is cut off here: No space left on device");
  EXPECT_EQ(filler.cut_off, result.steps.at(0).log_error);
}

TEST_F(Runner, WaitsInAQueueAndKeepsTheSchedulersVariables) {
  FakeSlurm slurm(clock_, interrupts_);
  plan_.steps[0].command.argv.push_back(variable("SLURM_JOB_ID"));
  slurm.scripts = {{{0, Queued{"Resources"}},
                    {90000, Running{"ipuhost1"}},
                    out(91000, kTwoValues),
                    ends(95000, Exited{0})}};
  const RunResult result = run(slurm);
  EXPECT_EQ(end_name(result.steps.at(0).end), "done");
  EXPECT_EQ(clock_.at, Time{} + milliseconds(95000));
}

TEST_F(Runner, LeavesAJobBehindThatItsSchedulerDoesNotEnd) {
  for (const bool by_signal : {false, true}) {
    FakeSlurm slurm(clock_, interrupts_);
    interrupts_.coming = {{after(100), SIGTERM}};
    if (by_signal)
      for (const int ms : {200, 300, 400}) interrupts_.coming.emplace_back(after(ms), SIGINT);
    const Time began = clock_.at;
    slurm.scripts = {{{0, Running{"ipuhost1"}}}};
    const RunResult result = run(slurm);
    EXPECT_EQ(clock_.at, began + milliseconds(by_signal ? 400 : 60100));
    EXPECT_EQ(result.error, "slurm still has its job; `ipucnn runs attach` follows it");
    EXPECT_EQ(outcome_of(result), RunOutcome::Terminated);
    EXPECT_EQ(json("record.json").at("state"), "running");
    EXPECT_EQ(json("record.json").at("handed").size(), 1);
  }
}

TEST_F(Runner, NeedsEveryOtherVariable) {
  plan_.steps[0].command.argv.push_back(variable("SLURM_JOB_ID"));
  EXPECT_EQ(run().error, "variables are missing");
}

TEST(Backends, HoldAStepBackUntilThoseBeforeHaveEndedWell) {
  for (const int status : {0, 1}) {
    FakeClock clock;
    FakeInterrupts interrupts(clock);
    FakeSlurm slurm(clock, interrupts);
    JobPlan plan;
    plan.steps = {training(), training()};
    std::vector<std::string> missing;
    const ReadyPlan ready = FilledPlan::make(
                                plan, [](std::string_view) { return std::nullopt; }, {}, missing)
                                ->in("/r");
    slurm.scripts = {{ends(10, Exited{status})}, {ends(10, Exited{0})}};
    auto jobs = slurm.submit({&ready.steps()[0], 1}, {});
    for (const Submitted& job : slurm.submit({&ready.steps()[1], 1}, {jobs})) jobs.push_back(job);
    std::vector<Exit> exits(2);
    for (int i = 0; i < 4; ++i)
      for (const Event& event : slurm.poll(jobs, std::nullopt))
        if (const auto* exit = std::get_if<Exit>(&event.what)) exits[event.job] = *exit;
    EXPECT_EQ(std::holds_alternative<Cancelled>(exits[1]), status != 0);
    EXPECT_EQ(slurm.started.size(), status == 0 ? 2U : 1U);
  }
}

}  // namespace
}  // namespace ipucnn
