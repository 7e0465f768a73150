// What starts the runs of a campaign, on a clock and a backend of the test's own: nothing here
// sleeps, and no process is started.
#include "ipucnn/run_campaign.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "support/fake_backends.h"

namespace ipucnn {
namespace {

using ipucnn::testing::ends;
using ipucnn::testing::FakeClock;
using ipucnn::testing::FakeInterrupts;
using ipucnn::testing::FakeProcesses;
using ipucnn::testing::Happening;
using ipucnn::testing::out;
using ipucnn::testing::ScriptedBackend;
using std::chrono::milliseconds;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// A scheduler without arrays that counts what it has at a time.
class CountingQueue final : public ScriptedBackend {
 public:
  using ScriptedBackend::ScriptedBackend;
  std::string_view scheduler() const override { return "queue"; }
  std::vector<Submitted> submit(std::span<const ReadyStep> steps, const After& after) override {
    going_ += steps.size();
    most_at_a_time = std::max(most_at_a_time, going_);
    return ScriptedBackend::submit(steps, after);
  }
  std::vector<Event> poll(std::span<const Submitted> jobs, std::optional<Time> deadline) override {
    auto events = ScriptedBackend::poll(jobs, deadline);
    for (const Event& event : events) going_ -= std::holds_alternative<Exit>(event.what) ? 1 : 0;
    return events;
  }
  std::size_t most_at_a_time = 0;

 private:
  std::string name_of_job(std::size_t number) const override {
    return "job " + std::to_string(number);
  }
  std::size_t going_ = 0;
};

/// What ends a process in the middle of all.
struct Death {};

struct HostOfTest final : CampaignHost {
  HostOfTest(Backend& of, FakeClock& on, FakeInterrupts& with)
      : backend(of), clock(on), interrupts(with) {}

  std::optional<StartableRun> make_ready(const CaseWork& work, const CampaignCase& of,
                                         std::string& refusal) override {
    const bool looks_ahead = !begun;
    if (!looks_ahead && at_start) at_start(of.name);
    if ((looks_ahead ? illegal : fails_at_start).count(of.name) > 0) {
      refusal = "no";
      return std::nullopt;
    }
    std::vector<std::string> missing;
    auto filled = FilledPlan::make(
        work.plan, [](std::string_view) { return std::optional<std::string>(); }, {}, missing);
    return StartableRun{*std::move(filled), work.parent, work.files};
  }
  void with_machine(const std::function<void(Machine&)>& use) override {
    begun = true;
    RunLog nowhere;
    // A process that is gone as soon as somebody looks.
    Machine machine{backend, clock, interrupts, nowhere, {host_name(), boot_id(), 1, "none"}};
    use(machine);
  }
  std::unique_ptr<Watcher> display_of(const StartableRun& /*run*/,
                                      std::function<void(const std::string&)> began) override {
    struct Blind final : Watcher {
      void run_began(const std::string& folder) override { told(folder); }
      std::function<void(const std::string&)> told;
    };
    auto blind = std::make_unique<Blind>();
    blind->told = [this, tell = std::move(began)](const std::string& folder) {
      tell(folder);
      if (at_folder) at_folder(folder);
    };
    return blind;
  }
  void say(std::string_view text) override {
    said.emplace_back(text);
    if (at_word) at_word(said.back());
  }

  bool has_said(std::string_view part) const {
    return std::any_of(said.begin(), said.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }

  Backend& backend;
  FakeClock& clock;
  FakeInterrupts& interrupts;
  std::set<std::string> illegal;                            ///< before anything is begun
  std::set<std::string> fails_at_start;                     ///< after that
  std::function<void(const std::string& name)> at_start{};  ///< of a case that is made ready
  std::function<void(const std::string& line)> at_word{};   ///< that is said
  std::function<void(const std::string& run)> at_folder{};  ///< of a run, once there is one
  bool begun = false;
  Words said;
};

/// Files larger than this cannot be written while it lives.
class LargestFile {
 public:
  explicit LargestFile(std::uintmax_t bytes) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &usual_);
    rlimit now = usual_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  LargestFile(const LargestFile&) = delete;
  LargestFile& operator=(const LargestFile&) = delete;
  ~LargestFile() {
    ::setrlimit(RLIMIT_FSIZE, &usual_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  rlimit usual_{};
  void (*before_)(int);
};

class CampaignTest : public ::testing::Test {
 protected:
  CampaignTest() {
    std::string pattern = fs::temp_directory_path() / "ipucnn-XXXXXX";
    place_ = ::mkdtemp(pattern.data());
    words_.name = "n";
    words_.parent = place_;
    words_.start.folder = place_;
    words_.start.asks_tools = false;
  }
  ~CampaignTest() override { fs::remove_all(place_); }

  /// Of one step, which is called as the case is.
  CampaignCase one(const std::string& name) const {
    Step step;
    step.name = step.purpose = "train";
    Arg arg;
    arg.pieces = {{Piece::Kind::Text, name, std::nullopt}};
    step.command.argv = {arg};
    step.metrics = {{"throughput", "", "img/sec: ", "", "samples/s", true, 1}};
    step.proof = {ProofPattern::Kind::Metric, "throughput"};
    CaseWork work;
    work.plan.name = name;
    work.plan.target = "pod16";
    work.plan.steps = {step};
    work.parent = place_;
    CampaignCase made{name, name};
    made.identity = name;
    made.work = [kept = std::make_shared<const CaseWork>(std::move(work))] { return kept; };
    return made;
  }
  std::vector<CampaignCase> cases(const std::string& letters) const {
    std::vector<CampaignCase> all;
    for (const char letter : letters) all.push_back(one(std::string(1, letter)));
    return all;
  }

  static std::vector<Happening> works(std::int64_t ms) {
    return {out(ms - 1, "img/sec: 90.0\nimg/sec: 100.0\n"), ends(ms, Exited{0})};
  }
  static std::vector<Happening> fails(std::int64_t ms) { return {ends(ms, Exited{1})}; }

  std::optional<CampaignEnd> run(std::vector<CampaignCase> all, CampaignHost& host) const {
    return run_campaign(std::move(all), words_, host);
  }
  /// Its folder; there is one.
  std::string folder() const { return newest_campaign(place_, "n").value_or(""); }
  JournalState journal() const {
    std::ifstream file(folder() + "/journal.jsonl", std::ios::binary);
    return read_journal(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  /// What results.json says of each case.
  std::map<std::string, std::string> kept_states() const {
    std::map<std::string, std::string> states;
    std::ifstream file(folder() + "/results.json");
    if (!file) return states;
    const auto results = nlohmann::json::parse(file);
    for (const auto& found : results.at("jobs")) states[found.at("name")] = found.at("state");
    return states;
  }
  static std::vector<std::string> states(const CampaignEnd& end) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < end.results.size(); ++i) all.push_back(end.results.at(i).state());
    return all;
  }
  /// A campaign that is begun, with a journal so large that no other file comes near it.
  std::string large_journal() const {
    const std::string path = place_ + "/20260101T000000Z-bench-n";
    fs::create_directory(path);
    std::ofstream(path + "/journal.jsonl")
        << R"({"schema":"ipucnn.journal/1","opened":{"host":"h","boot_id":"b","pid":7},"name":"n"})"
        << "\n{\"array\":\"" << std::string(200'000, 'x') << "\"}\n";
    return path + "/journal.jsonl";
  }

  /// On either host, where the journal is full from a moment on: `at` is to call the function then.
  void expect_no_start(const std::function<void(HostOfTest&, const std::function<void()>&)>& at) {
    for (HostOfTest* host : {&here_, &there_}) {
      words_.resume = true;
      const std::string journal = large_journal();
      std::optional<LargestFile> limit;
      at(*host, [&] { limit.emplace(fs::file_size(journal)); });
      EXPECT_FALSE(run(cases("abc"), *host));
      limit.reset();
      EXPECT_TRUE(host->has_said("journal.jsonl: File too large"));
      fs::remove_all(fs::path(journal).parent_path());
    }
    EXPECT_TRUE(processes_.started.empty());
    EXPECT_TRUE(queue_.started.empty());
  }

  Time after(std::int64_t ms) const { return clock_.at + milliseconds(ms); }

  std::string place_;
  CampaignWords words_;
  FakeClock clock_;
  FakeInterrupts interrupts_{clock_};
  FakeProcesses processes_{clock_, interrupts_};
  CountingQueue queue_{clock_, interrupts_};
  HostOfTest here_{processes_, clock_, interrupts_};
  HostOfTest there_{queue_, clock_, interrupts_};
};

// --- one after the other ---

TEST_F(CampaignTest, StartsAllFirstOnesBeforeAllSecondOnes) {
  words_.repeat = 2;
  for (int i = 0; i < 4; ++i) processes_.scripts.push_back(works(10));
  const auto end = run(cases("ab"), here_);
  ASSERT_TRUE(end);
  EXPECT_EQ(processes_.started, (std::vector<Words>{{"a"}, {"b"}, {"a"}, {"b"}}));
  EXPECT_EQ(end->outcome, RunOutcome::Done);
  EXPECT_FALSE(end->misses);
  EXPECT_EQ(here_.said.back(), "4 of 4: b, start 2");
  EXPECT_EQ(kept_states(), (std::map<std::string, std::string>{{"a", "done"}, {"b", "done"}}));
}

TEST_F(CampaignTest, StartsNothingThatCannotBeMadeReady) {
  here_.illegal = {"b"};
  for (int i = 0; i < 2; ++i) processes_.scripts.push_back(works(10));
  const auto end = run(cases("abc"), here_);
  ASSERT_TRUE(end);
  EXPECT_EQ(processes_.started, (std::vector<Words>{{"a"}, {"c"}}));
  EXPECT_EQ(states(*end), (Words{"done", "illegal", "done"}));
  EXPECT_EQ(end->results.at(1).refusal, "no");
  EXPECT_EQ(end->outcome, RunOutcome::Done);
  EXPECT_TRUE(end->misses);
}

TEST_F(CampaignTest, OnlyLooksWhereThatIsAskedFor) {
  words_.only_preflight = true;
  here_.illegal = {"b"};
  const auto end = run(cases("ab"), here_);
  ASSERT_TRUE(end);
  EXPECT_EQ(states(*end), (Words{"waiting", "illegal"}));
  EXPECT_EQ(end->outcome, RunOutcome::Done);
  EXPECT_TRUE(end->misses);
  EXPECT_FALSE(here_.begun);
  EXPECT_TRUE(fs::is_empty(place_));
}

TEST_F(CampaignTest, EndsWithTheRunThatASignalEnds) {
  processes_.on_signal = {{SIGINT, Killed{SIGINT}}};
  processes_.scripts = {works(1'000), works(60'000)};
  interrupts_.coming = {{after(10'000), SIGINT}};
  const auto end = run(cases("abc"), here_);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->outcome, RunOutcome::Interrupted);
  EXPECT_EQ(processes_.started, (std::vector<Words>{{"a"}, {"b"}}));
  EXPECT_EQ(states(*end), (Words{"done", "interrupted", "waiting"}));
}

TEST_F(CampaignTest, GoesOnAfterTheRunThatIsCancelledAlone) {
  processes_.on_signal = {{SIGTERM, Killed{SIGTERM}}};
  processes_.scripts = {works(1'000), works(60'000), works(1'000), works(60'000)};
  interrupts_.coming = {{after(10'000), SIGTERM}, {after(30'000), SIGTERM}};
  // Of the second run alone somebody asks for the end; the second signal is for all.
  here_.at_folder = [number = 0](const std::string& run) mutable {
    if (++number == 2) std::ofstream(run + "/cancel-this-run").flush();
  };
  const auto end = run(cases("abcde"), here_);
  ASSERT_TRUE(end);
  EXPECT_EQ(processes_.started, (std::vector<Words>{{"a"}, {"b"}, {"c"}, {"d"}}));
  EXPECT_EQ(states(*end), (Words{"done", "interrupted", "done", "interrupted", "waiting"}));
  EXPECT_EQ(end->outcome, RunOutcome::Terminated);
}

TEST_F(CampaignTest, IsFoundByARunOfItsProcess) {
  std::optional<std::string> found;
  std::optional<std::string> of_another;
  here_.at_folder = [&](const std::string& run) {
    KeptRecord record;
    record.folder = run;
    record.writer = {host_name(), boot_id(), 1, "none"};
    found = campaign_of(record);
    record.writer.start_time = "another";
    of_another = campaign_of(record);
  };
  processes_.scripts = {works(10)};
  ASSERT_TRUE(run(cases("a"), here_));
  EXPECT_EQ(found, fs::path(folder()).filename().string());
  EXPECT_EQ(of_another, std::nullopt);
}

TEST_F(CampaignTest, BeginsNothingAfterSoManyFailures) {
  words_.max_failures = 2;
  here_.fails_at_start = {"c"};
  processes_.scripts = {fails(10), works(10)};
  const auto end = run(cases("abcde"), here_);
  ASSERT_TRUE(end);
  EXPECT_EQ(processes_.started, (std::vector<Words>{{"a"}, {"b"}}));
  EXPECT_EQ(states(*end), (Words{"failed", "done", "not started", "waiting", "waiting"}));
  EXPECT_EQ(end->outcome, RunOutcome::Failed);
  EXPECT_EQ(here_.said.back(), "2 starts failed, so 2 runs are not begun");
}

TEST_F(CampaignTest, GoesOnWithWhatIsNotDone) {
  processes_.scripts = {works(10), fails(10), works(10)};
  ASSERT_TRUE(run(cases("abc"), here_));
  words_.resume = true;
  processes_.started.clear();
  processes_.scripts = {works(10)};
  const auto end = run(cases("abc"), here_);
  ASSERT_TRUE(end);
  EXPECT_EQ(processes_.started, (std::vector<Words>{{"b"}}));
  EXPECT_EQ(states(*end), (Words{"done", "done", "done"}));
  EXPECT_EQ(end->outcome, RunOutcome::Done);
}

// --- side by side ---

TEST_F(CampaignTest, HasSoManyInFlightAndNoMore) {
  words_.in_flight = 3;
  // The later ones are not the longer ones.
  for (const int seconds : {7, 2, 4, 1, 9, 3, 5})
    queue_.scripts.push_back(works(std::int64_t{1000} * seconds));
  const auto end = run(cases("abcdefg"), there_);
  ASSERT_TRUE(end);
  EXPECT_EQ(queue_.most_at_a_time, 3U);
  EXPECT_EQ(queue_.started, (std::vector<Words>{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}, {"g"}}));
  EXPECT_EQ(end->outcome, RunOutcome::Done);
  EXPECT_EQ(states(*end), Words(7, "done"));
  EXPECT_EQ(kept_states().size(), 7U);
}

TEST_F(CampaignTest, LetsThoseInFlightEndWhenTooManyFailed) {
  words_.in_flight = 2;
  words_.max_failures = 2;
  there_.fails_at_start = {"c"};
  queue_.scripts = {fails(1'000), works(30'000)};
  const auto end = run(cases("abcde"), there_);
  ASSERT_TRUE(end);
  EXPECT_EQ(queue_.started, (std::vector<Words>{{"a"}, {"b"}}));
  EXPECT_TRUE(queue_.signals.empty());
  EXPECT_EQ(states(*end), (Words{"failed", "done", "not started", "waiting", "waiting"}));
  EXPECT_EQ(end->outcome, RunOutcome::Failed);
  EXPECT_TRUE(there_.has_said("2 starts failed, so 2 runs are not begun"));
}

TEST_F(CampaignTest, TellsAllInFlightOfASignalAndBeginsNoMore) {
  words_.in_flight = 2;
  queue_.on_signal = {{SIGTERM, Killed{SIGTERM}}};
  queue_.scripts = {works(60'000), works(90'000)};
  interrupts_.coming = {{after(10'000), SIGTERM}};
  const auto end = run(cases("abcd"), there_);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->outcome, RunOutcome::Terminated);
  EXPECT_EQ(queue_.signals,
            (std::vector<std::pair<std::string, int>>{{"job 0", SIGTERM}, {"job 1", SIGTERM}}));
  EXPECT_EQ(queue_.started, (std::vector<Words>{{"a"}, {"b"}}));
  EXPECT_EQ(states(*end), (Words{"interrupted", "interrupted", "waiting", "waiting"}));
  EXPECT_EQ(kept_states().at("a"), "interrupted");
}

TEST_F(CampaignTest, FollowsWhatAQueueHasAndStartsNothingTwice) {
  words_.in_flight = 2;
  queue_.scripts = {works(30'000), works(80'000), works(90'000), works(1'000)};
  there_.at_word = [](const std::string& line) {
    if (line.starts_with("in flight:")) throw Death{};
  };
  EXPECT_THROW(run(cases("abcd"), there_), Death);
  EXPECT_EQ(queue_.started, (std::vector<Words>{{"a"}, {"b"}, {"c"}}));
  EXPECT_TRUE(queue_.signals.empty());

  words_.resume = true;
  HostOfTest next(queue_, clock_, interrupts_);
  const auto end = run(cases("abcd"), next);
  ASSERT_TRUE(end);
  EXPECT_EQ(queue_.started, (std::vector<Words>{{"a"}, {"b"}, {"c"}, {"d"}}));
  EXPECT_EQ(states(*end), Words(4, "done"));
  EXPECT_EQ(end->outcome, RunOutcome::Done);
  const JournalState known = journal();
  ASSERT_EQ(known.items.size(), 4U);
  for (const auto& [id, item] : known.items) EXPECT_EQ(item.starts, 1) << id;
  EXPECT_EQ(
      std::count_if(next.said.begin(), next.said.end(),
                    [](const std::string& line) { return line.starts_with("going on with "); }),
      2);
}

TEST_F(CampaignTest, KeepsTheResultsNowAndThen) {
  for (int i = 0; i < 3; ++i) queue_.scripts.push_back(works(20'000));
  std::vector<std::map<std::string, std::string>> seen;
  there_.at_start = [&](const std::string& /*name*/) { seen.push_back(kept_states()); };
  ASSERT_TRUE(run(cases("abc"), there_));
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_TRUE(seen[0].empty());
  using States = std::map<std::string, std::string>;
  EXPECT_EQ(seen[1], (States{{"a", "done"}, {"b", "waiting"}, {"c", "waiting"}}));
  EXPECT_EQ(seen[2], (States{{"a", "done"}, {"b", "done"}, {"c", "waiting"}}));
  EXPECT_EQ(kept_states(), (States{{"a", "done"}, {"b", "done"}, {"c", "done"}}));
}

// --- a journal that cannot be written ---

TEST_F(CampaignTest, HandsNothingOverThatTheJournalDoesNotTake) {
  expect_no_start([](HostOfTest& host, const std::function<void()>& fill) {
    host.at_word = [fill](const std::string& line) {
      if (line.starts_with("1 of ")) fill();
    };
  });
}

TEST_F(CampaignTest, StartsNoRunWhoseFolderTheJournalDoesNotTake) {
  expect_no_start([](HostOfTest& host, const std::function<void()>& fill) {
    host.at_start = [fill](const std::string&) { fill(); };
  });
}

}  // namespace
}  // namespace ipucnn
