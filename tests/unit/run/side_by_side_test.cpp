#include "ipucnn/side_by_side.h"

#include <gtest/gtest.h>

#include <csignal>
#include <deque>
#include <stdexcept>

#include "ipucnn/question_pace.h"

namespace ipucnn {
namespace {

using std::chrono::milliseconds;

struct ClockOfTest final : Clock {
  Time now() override { return time; }
  std::string utc() override { return "2026-11-26T00:00:00Z"; }
  Time time{milliseconds(1'000'000)};
};

struct SignalsOfTest final : Interrupts {
  std::optional<int> next() override {
    if (signals.empty()) return std::nullopt;
    const int first = signals.front();
    signals.pop_front();
    return first;
  }
  void suspend() override { ++suspended; }
  std::deque<int> signals;
  int suspended = 0;
};

/// Has every job, and tells of those that a test names; its bytes last until the next call.
struct BackendOfTest final : Backend {
  std::vector<Submitted> submit(std::span<const ReadyStep> /*steps*/, const After&) override {
    return {};
  }
  std::vector<Event> poll(std::span<const Submitted> jobs, std::optional<Time>) override {
    asked.push_back({});
    std::vector<Event> events;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      asked.back().push_back(jobs[i].text);
      if (jobs[i].text != tells_of) continue;
      text = "of " + tells_of;
      events.push_back({i, {}, Bytes{Stream::Out, 0, text}});
    }
    return events;
  }
  void stop(std::span<const Submitted> jobs, int signal) override {
    stopped.emplace_back(jobs.size(), signal);
    text.assign(text.size(), '?');
  }
  bool adopt(const Submitted&) override { return true; }
  void forget(std::span<const Submitted> jobs) override {
    for (const Submitted& job : jobs) forgotten.push_back(job.text);
  }

  std::vector<std::vector<std::string>> asked;
  std::string tells_of;
  std::string text;
  std::vector<std::pair<std::size_t, int>> stopped;
  std::vector<std::string> forgotten;
};

class SideBySideTest : public testing::Test {
 protected:
  /// A run of one job that reads until something is told of it.
  SideBySide::Work reads(const std::string& name) {
    return [this, name](Backend& of_run, Interrupts& told) {
      const Submitted job{name};
      of_run.adopt(job);
      for (;;) {
        const auto events = of_run.poll({&job, 1}, std::nullopt);
        if (const auto signal = told.next()) {
          of_run.stop({&job, 1}, *signal);
          heard.push_back(name);
          return;
        }
        if (events.empty()) continue;
        EXPECT_EQ(events.front().job, 0U);
        of_run.stop({&job, 1}, SIGUSR1);  // what it was told is its own
        heard.emplace_back(std::get<Bytes>(events.front().what).bytes);
        return;
      }
    };
  }

  BackendOfTest backend;
  ClockOfTest clock;
  SignalsOfTest signals;
  std::vector<std::string> heard;
};

TEST_F(SideBySideTest, AsksOnceForAllAndTellsEachItsOwn) {
  SideBySide sides(backend, clock, signals);
  for (const char* name : {"a", "b", "c"}) sides.begin(reads(name));
  EXPECT_EQ(sides.going(), 3U);
  backend.tells_of = "b";
  sides.go_on(std::nullopt);
  EXPECT_EQ(backend.asked, (std::vector<std::vector<std::string>>{{"a", "b", "c"}}));
  EXPECT_EQ(heard, std::vector<std::string>{"of b"});
  EXPECT_EQ(backend.forgotten, std::vector<std::string>{"b"});
  EXPECT_EQ(sides.going(), 2U);
  backend.tells_of = "c";
  sides.go_on(std::nullopt);
  EXPECT_EQ(backend.asked.back(), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(heard.back(), "of c");
}

TEST_F(SideBySideTest, PassesASignalToAllAndStopsThemTogether) {
  SideBySide sides(backend, clock, signals);
  for (const char* name : {"a", "b"}) sides.begin(reads(name));
  signals.signals = {SIGTSTP, SIGTERM};
  sides.go_on(std::nullopt);
  EXPECT_EQ(signals.suspended, 1);
  EXPECT_EQ(sides.interrupted(), SIGTERM);
  EXPECT_EQ(heard, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(backend.stopped, (std::vector<std::pair<std::size_t, int>>{{2, SIGTERM}}));
  EXPECT_EQ(sides.going(), 0U);
}

TEST_F(SideBySideTest, WakesWhoseTimeHasCome) {
  SideBySide sides(backend, clock, signals);
  int woken = 0;
  sides.begin([&](Backend& of_run, Interrupts&) {
    of_run.poll({}, clock.time + milliseconds(10));
    ++woken;
  });
  sides.go_on(std::nullopt);
  EXPECT_EQ(woken, 0);
  clock.time += milliseconds(10);
  sides.go_on(std::nullopt);
  EXPECT_EQ(woken, 1);
}

TEST_F(SideBySideTest, LeavesThoseAloneThatGoOn) {
  {
    SideBySide sides(backend, clock, signals);
    for (const char* name : {"a", "b"}) sides.begin(reads(name));
  }
  EXPECT_TRUE(heard.empty());
  EXPECT_TRUE(backend.stopped.empty());
}

TEST_F(SideBySideTest, ThrowsWhatARunThrows) {
  SideBySide sides(backend, clock, signals);
  sides.begin(reads("a"));
  EXPECT_THROW(sides.begin([](Backend&, Interrupts&) { throw std::runtime_error("broken"); }),
               std::runtime_error);
}

TEST(QuestionPace, IsNeitherPutOffNorHurriedByManyJobs) {
  QuestionPace pace;
  const Time begin{milliseconds(1'000'000)};
  for (int i = 0; i < 100; ++i) pace.changed(begin + milliseconds(i));  // a submission each
  EXPECT_FALSE(pace.is_due(begin + milliseconds(499)));
  EXPECT_TRUE(pace.is_due(begin + milliseconds(500)));
  pace.asked(begin + milliseconds(500), false);
  EXPECT_FALSE(pace.is_due(begin + milliseconds(999), true));
  EXPECT_TRUE(pace.is_due(begin + milliseconds(1000), true));
  EXPECT_FALSE(pace.is_due(begin + milliseconds(1200)));
}

}  // namespace
}  // namespace ipucnn
