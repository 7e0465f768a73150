#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "ipucnn/run.h"

namespace ipucnn::testing {

/// A clock that stands still unless it is moved.
struct FakeClock final : Clock {
  Time now() override { return at; }
  std::string utc() override { return "2026-11-21T03:38:00Z"; }
  Time at{};
};

/// One thing that happens, so many milliseconds after a step was submitted.
struct Happening {
  std::int64_t after_ms = 0;
  std::variant<std::pair<Stream, std::string>, Queued, Running, SeenMessage, Exit> what;
};
inline Happening out(std::int64_t ms, std::string text) {
  return {ms, std::pair(Stream::Out, std::move(text))};
}
inline Happening err(std::int64_t ms, std::string text) {
  return {ms, std::pair(Stream::Err, std::move(text))};
}
inline Happening ends(std::int64_t ms, Exit exit) { return {ms, std::move(exit)}; }

/// Signals that come at a time.
struct FakeInterrupts final : Interrupts {
  explicit FakeInterrupts(FakeClock& clock) : clock_(clock) {}
  std::optional<int> next() override {
    if (coming.empty() || clock_.at < coming.front().first) return std::nullopt;
    const int signal = coming.front().second;
    coming.pop_front();
    return signal;
  }
  void suspend() override {
    ++suspended;
    clock_.at += asleep;
  }
  std::deque<std::pair<Time, int>> coming;
  std::chrono::milliseconds asleep{0};  ///< how long a suspension takes
  int suspended = 0;

 private:
  FakeClock& clock_;
};

/// What the two fakes share: steps play a script on the fake clock, which `poll` moves on to the
/// next happening, the next signal or the deadline, whichever comes first.
class ScriptedBackend : public Backend {
 public:
  ScriptedBackend(FakeClock& clock, FakeInterrupts& interrupts)
      : clock_(clock), interrupts_(interrupts) {}

  /// What happens in the next step that is submitted.
  std::deque<std::vector<Happening>> scripts;
  /// How a step ends when it gets a signal; absent: it takes no notice.
  std::map<int, Exit> on_signal;
  std::vector<std::pair<std::string, int>> signals;  ///< that were passed on, and to whom
  std::vector<std::vector<std::string>> started;     ///< words of each step

  std::vector<Submitted> submit(std::span<const ReadyStep> steps, const After& after) override {
    std::vector<Submitted> names;
    for (const ReadyStep& step : steps) {
      Job job;
      job.name = {name_of_job(jobs_.size())};
      job.after = after;
      for (const Arg& arg : step.command().argv) job.words.push_back(literal_text(arg));
      if (!scripts.empty()) {
        job.script = {scripts.front().begin(), scripts.front().end()};
        scripts.pop_front();
      }
      if (after.ended_well.empty()) begin(job);
      names.push_back(job.name);
      jobs_.push_back(std::move(job));
    }
    return names;
  }

  std::vector<Event> poll(std::span<const Submitted> jobs, std::optional<Time> deadline) override {
    std::optional<Time> next = deadline;
    const auto sooner = [&](Time at) { next = next ? std::min(*next, at) : at; };
    for (Job& job : jobs_) begin_if_ready(job);
    for (const Job& job : jobs_)
      if (job.begun && !job.script.empty()) sooner(when(job));
    if (!interrupts_.coming.empty()) sooner(interrupts_.coming.front().first);
    if (next) clock_.at = std::max(clock_.at, *next);
    std::vector<Event> events;
    for (std::size_t i = 0; i < jobs.size(); ++i)
      if (Job* job = find(jobs[i])) play(*job, i, events);
    return events;
  }

  void stop(std::span<const Submitted> jobs, int signal) override {
    for (const Submitted& name : jobs) {
      signals.emplace_back(name.text, signal);
      Job* job = find(name);
      const auto exit = on_signal.find(signal);
      if (job == nullptr || exit == on_signal.end()) continue;
      if (!job->begun) begin(*job);
      job->script = {{elapsed(*job), exit->second}};
    }
  }

  bool adopt(const Submitted& job) override { return find(job) != nullptr; }

 protected:
  struct Job {
    Submitted name;
    After after;
    std::vector<std::string> words;
    std::deque<Happening> script;
    bool begun = false;
    Time from{};
    std::int64_t offsets[2] = {0, 0};
    std::optional<Exit> exit;
  };

  virtual std::string name_of_job(std::size_t number) const = 0;

 private:
  void begin(Job& job) {
    job.begun = true;
    job.from = clock_.at;
    started.push_back(job.words);
  }

  void begin_if_ready(Job& job) {
    if (job.begun) return;
    for (const Submitted& name : job.after.ended_well) {
      const Job* other = find(name);
      if (other == nullptr || !other->exit) return;
      const auto* exited = std::get_if<Exited>(&*other->exit);
      if (exited != nullptr && exited->code == 0) continue;
      job.begun = true;
      job.from = clock_.at;
      job.script = {{0, Exit(Cancelled{})}};
      return;
    }
    begin(job);
  }

  Job* find(const Submitted& name) {
    for (Job& job : jobs_)
      if (job.name == name) return &job;
    return nullptr;
  }

  Time when(const Job& job) const {
    return job.from + std::chrono::milliseconds(job.script.front().after_ms);
  }
  std::int64_t elapsed(const Job& job) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.at - job.from).count();
  }

  void play(Job& job, std::size_t number, std::vector<Event>& events) {
    while (job.begun && !job.script.empty() && when(job) <= clock_.at) {
      const Happening now = std::move(job.script.front());
      job.script.pop_front();
      if (const auto* text = std::get_if<std::pair<Stream, std::string>>(&now.what)) {
        held_.push_back(text->second);
        auto& offset = job.offsets[text->first == Stream::Out ? 0 : 1];
        events.push_back({number, clock_.at, Bytes{text->first, offset, held_.back()}});
        offset += static_cast<std::int64_t>(text->second.size());
      } else if (const auto* exit = std::get_if<Exit>(&now.what)) {
        job.exit = *exit;
        job.script.clear();
        events.push_back({number, clock_.at, *exit});
      } else if (const auto* queued = std::get_if<Queued>(&now.what)) {
        events.push_back({number, clock_.at, *queued});
      } else if (const auto* said = std::get_if<SeenMessage>(&now.what)) {
        events.push_back({number, clock_.at, *said});
      } else {
        events.push_back({number, clock_.at, std::get<Running>(now.what)});
      }
    }
  }

  FakeClock& clock_;
  FakeInterrupts& interrupts_;
  std::deque<Job> jobs_;
  std::deque<std::string> held_;  // the texts that events look at
};

/// Like processes of this host: they begin at once.
class FakeProcesses final : public ScriptedBackend {
  using ScriptedBackend::ScriptedBackend;
  std::string name_of_job(std::size_t number) const override {
    return "process " + std::to_string(100 + number);
  }
};

/// Like Slurm: a number for each step, a queue before it runs, and variables of its own.
class FakeSlurm final : public ScriptedBackend {
 public:
  using ScriptedBackend::ScriptedBackend;
  std::string_view scheduler() const override { return "slurm"; }
  std::vector<std::string> kept_variables() const override { return {"SLURM_JOB_ID"}; }

 private:
  std::string name_of_job(std::size_t number) const override {
    return "slurm " + std::to_string(4000 + number);
  }
};

}  // namespace ipucnn::testing
