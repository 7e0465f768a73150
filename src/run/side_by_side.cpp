#include "ipucnn/side_by_side.h"

#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace ipucnn {
namespace {

/// Thrown where a run waits that nobody waits for any more.
struct LeftAlone {};

/// Whose turn it is of two threads.
class Turn {
 public:
  /// Gives it to the other, and returns when it is back.
  void give() {
    std::unique_lock lock(mutex_);
    theirs_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !theirs_; });
  }
  /// The other side's way of giving it back.
  void give_back() {
    const std::unique_lock lock(mutex_);
    theirs_ = false;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return theirs_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool theirs_ = false;
};

}  // namespace

/// One run: what it takes for its backend and its interrupts, and the thread that it runs in.
class SideBySide::Side final : public Backend, public Interrupts {
 public:
  Side(Backend& backend, std::vector<std::pair<Submitted, int>>& stops, Work work)
      : backend_(backend), stops_(stops), work_(std::move(work)) {
    thread_ = std::thread([this] { run(); });
  }
  ~Side() override { thread_.join(); }

  // --- for the caller, whose turn it is ---

  void give_turn() { turn_.give(); }
  bool is_over() const { return over_; }
  std::exception_ptr thrown() const { return thrown_; }
  void leave_alone() {
    left_alone_ = true;
    while (!over_) turn_.give();
  }
  const std::vector<Submitted>& waits_for() const { return waits_for_; }
  std::optional<Time> deadline() const { return deadline_; }
  bool has_something(Time now) const {
    return !events_.empty() || !signals_.empty() || (deadline_ && now >= *deadline_);
  }
  void tell(Event event, std::size_t job) {
    event.job = job;
    if (auto* bytes = std::get_if<Bytes>(&event.what))
      bytes->bytes = texts_.emplace_back(bytes->bytes);
    events_.push_back(std::move(event));
  }
  void signal(int signal) { signals_.push_back(signal); }
  const std::vector<Submitted>& jobs() const { return jobs_; }

  // --- for the run, whose turn it is ---

  std::string_view scheduler() const override { return backend_.scheduler(); }
  bool writes_logs() const override { return backend_.writes_logs(); }
  Submitted intended(const ReadyStep& step) const override {
    backend_.begin_run(run_);
    return backend_.intended(step);
  }
  std::vector<std::string> kept_variables() const override { return backend_.kept_variables(); }
  void begin_run(const RunPlace& run) override { run_ = run; }
  std::vector<Submitted> submit(std::span<const ReadyStep> steps, const After& after) override {
    backend_.begin_run(run_);
    auto names = backend_.submit(steps, after);
    jobs_.insert(jobs_.end(), names.begin(), names.end());
    return names;
  }
  std::vector<Event> poll(std::span<const Submitted> jobs, std::optional<Time> deadline) override {
    waits_for_.assign(jobs.begin(), jobs.end());
    deadline_ = deadline;
    events_.clear();
    texts_.clear();
    turn_.give_back();
    turn_.wait();
    if (left_alone_) throw LeftAlone{};
    return std::move(events_);
  }
  void stop(std::span<const Submitted> jobs, int signal) override {
    for (const Submitted& job : jobs) stops_.emplace_back(job, signal);
  }
  void forget(std::span<const Submitted> jobs) override { backend_.forget(jobs); }
  bool adopt(const Submitted& job) override {
    backend_.begin_run(run_);
    jobs_.push_back(job);
    return backend_.adopt(job);
  }

  std::optional<int> next() override {
    if (signals_.empty()) return std::nullopt;
    const int first = signals_.front();
    signals_.pop_front();
    return first;
  }

 private:
  void run() {
    turn_.wait();
    try {
      work_(*this, *this);
    } catch (const LeftAlone&) {
    } catch (...) {
      thrown_ = std::current_exception();
    }
    over_ = true;
    turn_.give_back();
  }

  Backend& backend_;
  std::vector<std::pair<Submitted, int>>& stops_;
  Work work_;
  RunPlace run_;
  std::vector<Submitted> jobs_;  // that it ever had
  std::vector<Submitted> waits_for_;
  std::optional<Time> deadline_;
  std::vector<Event> events_;
  std::deque<std::string> texts_;  // of the events
  std::deque<int> signals_;
  Turn turn_;
  bool over_ = false;
  bool left_alone_ = false;
  std::exception_ptr thrown_;
  std::thread thread_;
};

SideBySide::SideBySide(Backend& backend, Clock& clock, Interrupts& interrupts)
    : backend_(backend), clock_(clock), interrupts_(interrupts) {}

SideBySide::~SideBySide() {
  for (const auto& side : sides_) side->leave_alone();
}

std::size_t SideBySide::most() {
  constexpr rlim_t kOwn = 64;
  constexpr rlim_t kOfEach = 6;
  constexpr rlim_t kEnough = 6000;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return kEnough / kOfEach;
  const rlim_t all = std::min(files.rlim_cur, kEnough);
  return all > kOwn + kOfEach ? (all - kOwn) / kOfEach : std::size_t{1};
}

void SideBySide::begin(Work work) {
  sides_.push_back(std::make_unique<Side>(backend_, stops_, std::move(work)));
  give_turn(*sides_.back());
  pass_on_stops();
  drop_ended();
}

void SideBySide::go_on(std::optional<Time> deadline) {
  wait_for_events(deadline);
  hear_signals();
  const Time now = clock_.now();
  for (const auto& side : sides_)
    if (side->has_something(now)) give_turn(*side);
  pass_on_stops();
  drop_ended();
}

void SideBySide::wait_for_events(std::optional<Time> deadline) {
  std::vector<Submitted> jobs;
  std::vector<std::pair<Side*, std::size_t>> whose;
  for (const auto& side : sides_) {
    if (const auto at = side->deadline(); at && (!deadline || *at < *deadline)) deadline = at;
    for (std::size_t i = 0; i < side->waits_for().size(); ++i) {
      jobs.push_back(side->waits_for()[i]);
      whose.emplace_back(side.get(), i);
    }
  }
  for (const Event& event : backend_.poll(jobs, deadline)) {
    const auto& [side, job] = whose[event.job];
    side->tell(event, job);
  }
}

void SideBySide::hear_signals() {
  while (const auto signal = interrupts_.next()) {
    if (*signal == SIGTSTP) {
      interrupts_.suspend();
      continue;
    }
    if (!interrupted_ && others_)
      for (Submitted& other : others_())
        stops_.emplace_back(std::move(other), *signal == SIGINT ? SIGINT : SIGTERM);
    if (!interrupted_) interrupted_ = signal;
    for (const auto& side : sides_) side->signal(*signal);
  }
}

void SideBySide::give_turn(Side& side) {
  side.give_turn();
  if (side.thrown()) std::rethrow_exception(side.thrown());
}

void SideBySide::pass_on_stops() {
  std::map<int, std::vector<Submitted>> by_signal;
  for (auto& [job, signal] : stops_) by_signal[signal].push_back(std::move(job));
  stops_.clear();
  for (const auto& [signal, jobs] : by_signal) backend_.stop(jobs, signal);
}

void SideBySide::drop_ended() {
  std::erase_if(sides_, [&](const std::unique_ptr<Side>& side) {
    if (!side->is_over()) return false;
    backend_.forget(side->jobs());
    return true;
  });
}

}  // namespace ipucnn
