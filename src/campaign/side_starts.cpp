// The starts of a campaign through a scheduler: some of them at a time.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <map>
#include <memory>

#include "base/text.h"
#include "campaign/starts.h"
#include "campaign/waiting_starts.h"
#include "ipucnn/kept_runs.h"
#include "ipucnn/local_run.h"
#include "ipucnn/side_by_side.h"
#include "ipucnn/slurm_run.h"

namespace ipucnn::campaigning {
namespace {

/// What is said of one run while others go on beside it: its folder, what is wrong with it, and
/// what it does.
class SideWatcher final : public Watcher {
 public:
  SideWatcher(std::string name, CampaignHost& host, std::string& does,
              std::function<void(const std::string&)> began)
      : name_(std::move(name)), host_(host), does_(does), began_(std::move(began)) {}

  void run_began(const std::string& folder) override { began_(folder); }
  void phase_began(const std::string& phase, Time /*at*/) override {
    does_ = phase.starts_with("running") ? "running" : phase;
  }
  void log_cut_off(const std::string& why) override { tell(why); }
  void stopping(const std::string& what) override { tell(what); }

 private:
  void tell(const std::string& what) { host_.say(fmt::format("{}: {}", name_, what)); }

  std::string name_;
  CampaignHost& host_;
  std::string& does_;
  std::function<void(const std::string&)> began_;
};

/// How many may go on at a time.
std::size_t most_in_flight(const CampaignStarts& starts) {
  const std::size_t asked = starts.words.in_flight;
  const std::size_t most = SideBySide::most();
  if (most >= asked) return asked;
  starts.host.say(fmt::format(
      "as many files as `ulimit -n` allows suffice for {} in flight, and not {}", most, asked));
  return most;
}

/// A run that its scheduler has and that is not followed yet.
struct HandedRun {
  CampaignItem item;
  std::string run;
  bool by_another = false;  ///< an ipucnn before this one has handed it over
};

class SideStarts {
 public:
  SideStarts(const CampaignStarts& starts, Machine& machine)
      : starts_(starts),
        machine_(machine),
        keeper_(starts),
        most_(most_in_flight(starts)),
        waiting_(starts.cases, starts.words.start.settings.retry,
                 machine.backend.scheduler() == SlurmJobs::kName) {}

  bool run() {
    for (const CampaignItem& item : items_left(starts_)) waiting_.add(item);
    SideBySide sides(machine_.backend, machine_.clock, machine_.interrupts);
    sides.stop_as_well([this] { return handed_jobs(); });
    for (const CampaignItem& item : starts_.items) {
      const ItemRecord* known = starts_.journal.find(item.id);
      if (known != nullptr && known->state == ItemRecord::State::Running)
        handed_.push_back({item, known->run, true});
    }
    of_ = waiting_.size();
    while (good_) {
      heed_failures();
      const bool follows = may_follow(sides);
      const bool one_more = follows || may_begin(sides);
      if (follows)
        follow(sides);
      else if (one_more)
        begin(sides);
      if (!good_ || (!one_more && sides.going() == 0)) break;
      // While there are more to begin nothing is waited for, but all are looked after.
      sides.go_on(one_more ? machine_.clock.now() : keeper_.next());
      tell_of_all(sides);
      good_ = good_ && keeper_.keep_sometimes(machine_.clock);
    }
    if (const auto signal = sides.interrupted()) interrupted_ = outcome_of_signal(*signal);
    return good_;
  }

  std::optional<RunOutcome> interrupted() const { return interrupted_; }

 private:
  void heed_failures() {
    const std::size_t left = waiting_.size() + handed_.size();
    if (too_many_ || left == 0 || !too_many_failures(starts_, failures_, left)) return;
    too_many_ = true;
    if (!handed_.empty()) machine_.backend.stop(handed_jobs(), SIGTERM);
  }

  /// Those that were cancelled end at once.
  bool may_follow(const SideBySide& sides) const {
    const bool cancelled = sides.interrupted() || too_many_;
    return !handed_.empty() && sides.going() < (cancelled ? SideBySide::most() : most_);
  }

  /// The limit of an array is the campaign's, so nothing else goes on beside it.
  bool may_begin(const SideBySide& sides) {
    if (waiting_.empty() || sides.interrupted() || too_many_) return false;
    return sides.going() < most_ && (sides.going() == 0 || together() == 1);
  }

  /// How many of those that wait are the next to be handed over at once.
  std::size_t together() {
    const std::size_t alike = waiting_.alike();
    if (alike == 1) return 1;
    if (!most_tasks_) most_tasks_ = most_array_tasks();
    return std::max<std::size_t>(1, std::min(alike, *most_tasks_));
  }

  /// Taken over by the backend.
  std::vector<Submitted> handed_jobs() const {
    std::vector<Submitted> jobs;
    for (const HandedRun& one : handed_)
      if (const auto record = starts_record(one.run))
        for (const HandedStep& step : record->handed)
          if (machine_.backend.adopt({step.job})) jobs.push_back({step.job});
    return jobs;
  }

  const std::string& name_of(const CampaignItem& item) const { return starts_.cases[item.of].name; }

  void follow(SideBySide& sides) {
    const HandedRun one = std::move(handed_.front());
    handed_.pop_front();
    if (one.by_another)
      starts_.host.say(fmt::format("going on with {}", one.run));
    else
      say_begun(starts_, one.item, ++begun_, of_);
    sides.begin([this, one](Backend& backend, Interrupts& interrupts) {
      go_through(one.item, nullptr, backend, interrupts, one.run,
                 [&](Machine& machine, Watcher& watcher) {
                   const std::string error =
                       follow_run(one.run, starts_.words.start.settings, machine, watcher);
                   if (!error.empty()) starts_.host.say(error);
                   const auto record = starts_record(one.run);
                   // It never got there: nothing of it was begun, so it is to be begun yet.
                   if (one.by_another && record && record->state == end_name(NotStarted{}) &&
                       record->handed.empty()) {
                     waiting_.add(one.item);
                     ++of_;
                   }
                   return record && record->state == end_name(Done{});
                 });
    });
  }

  static std::optional<KeptRecord> starts_record(const std::string& run) {
    std::string unsaid;
    return read_record(run, unsaid);
  }

  void begin(SideBySide& sides) {
    if (const std::size_t count = together(); count > 1) return begin_array(count);
    const CampaignItem item = waiting_.take(1).front();
    say_begun(starts_, item, ++begun_, of_);
    const CampaignCase& one = starts_.cases[item.of];
    std::string error;
    if (!starts_.journal.begun(item, one.name, machine_.clock.utc(), error)) return fail(error);
    std::string refusal;
    const auto planned = work_of(one, item.number);
    auto ready = starts_.host.make_ready(*planned, one, refusal);
    if (!ready) {
      ++failures_;
      if (!starts_.journal.ended(item, end_name(NotStarted{}), machine_.clock.utc(), error))
        fail(error);
      return;
    }
    const auto run = std::make_shared<const StartableRun>(*std::move(ready));
    sides.begin([this, item, run, planned](Backend& backend, Interrupts& interrupts) {
      go_through(item, planned.get(), backend, interrupts, "",
                 [&](Machine& machine, Watcher& watcher) {
                   return run_case(*run, starts_, machine, watcher) == RunOutcome::Done;
                 });
    });
  }

  /// Nothing is submitted that is not in the journal.
  void begin_array(std::size_t count) {
    std::string error;
    auto array = SlurmArray::make(whole_path(starts_.folder), error);
    if (!array) return fail(error);
    JointStart start{array->folder(), array->comment()};
    for (const CampaignItem& item : waiting_.take(count))
      if (auto run = add_to(*array, item))
        start.parts.push_back({item, starts_.cases[item.of].name, *std::move(run)});
    if (!good_ || start.parts.empty()) return;
    if (!starts_.journal.together(start, machine_.clock.utc(), error) ||
        !array->submit(most_, error))
      return fail(error);
    starts_.host.say(fmt::format("{}: {} of Slurm, {} at a time", array->folder(),
                                 counted(static_cast<std::int64_t>(array->size()), "task"),
                                 std::min(most_, array->size())));
    for (const JointStart::Part& part : start.parts) handed_.push_back({part.item, part.run});
  }

  /// The folder of its run; absent of one that cannot be started, which is said and noted.
  std::optional<std::string> add_to(SlurmArray& array, const CampaignItem& item) {
    const CampaignCase& one = starts_.cases[item.of];
    std::string error;
    std::string refusal;
    const auto ready = starts_.host.make_ready(*work_of(one, item.number), one, refusal);
    std::optional<std::string> run;
    if (ready) {
      FileLog log({});
      Machine machine{machine_.backend, machine_.clock, machine_.interrupts, log, machine_.writer};
      run = array.add(run_input(*ready, starts_.words.start), machine, error);
      if (!run) starts_.host.say(fmt::format("{}: {}", printable(name_of(item)), error));
    }
    if (run) return run;
    ++failures_;
    const std::string utc = machine_.clock.utc();
    if (!starts_.journal.begun(item, one.name, utc, error) ||
        !starts_.journal.ended(item, end_name(NotStarted{}), utc, error))
      fail(error);
    return std::nullopt;
  }

  /// One run from its folder to its end in the journal. `work` tells whether it did all of its own;
  /// `planned` is absent where it is not at hand.
  void go_through(const CampaignItem& item, const CaseWork* planned, Backend& backend,
                  Interrupts& interrupts, std::string run,
                  const std::function<bool(Machine&, Watcher&)>& work) {
    FileLog log(starts_.words.log);
    Machine machine{backend, machine_.clock, interrupts, log, machine_.writer};
    std::string& does = does_[item.id];
    does = "queued";
    SideWatcher watcher(printable(name_of(item)), starts_.host, does, [&](const std::string& path) {
      if (!run.empty()) return;  // the journal has it
      run = whole_path(path);
      std::string error;
      if (!starts_.journal.running(item, run, error)) throw JournalFails{error};
    });
    try {
      const bool done = work(machine, watcher);
      if (!done) ++failures_;
      good_ = note_end(starts_, item, run, done, machine) && good_;
      if (planned != nullptr) starts_.ended(item.of, *planned);
      if (!done) say_end(item, run);
    } catch (const JournalFails& failure) {
      fail(failure.why);
    }
    does_.erase(item.id);
  }

  void say_end(const CampaignItem& item, const std::string& run) {
    const auto record = starts_record(run);
    if (!record) return;
    starts_.host.say(
        fmt::format("{}: {}{}", printable(name_of(item)), record->state,
                    record->reason ? ": " + printable(*record->reason) : std::string()));
  }

  /// Every minute what those do that go on.
  void tell_of_all(const SideBySide& sides) {
    constexpr std::chrono::minutes kBetween(1);
    const Time now = machine_.clock.now();
    if (told_ == Time{}) told_ = now;
    if (starts_.words.quiet || sides.going() == 0 || now - told_ < kBetween) return;
    told_ = now;
    std::map<std::string, std::size_t> counts;
    for (const auto& [id, does] : does_) ++counts[does];
    std::string text;
    for (const auto& [does, count] : counts)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, printable(does));
    starts_.host.say(fmt::format("in flight: {}", text));
  }

  void fail(const std::string& error) {
    starts_.host.say(error);
    good_ = false;
  }

  const CampaignStarts& starts_;
  Machine& machine_;
  ResultKeeper keeper_;
  std::size_t most_;  // in flight
  std::optional<std::size_t> most_tasks_;
  WaitingStarts waiting_;
  std::deque<HandedRun> handed_;
  std::size_t begun_ = 0;
  std::size_t of_ = 0;
  std::int64_t failures_ = 0;
  bool too_many_ = false;
  bool good_ = true;
  std::map<std::string, std::string> does_;  // by the id of an item that goes on
  Time told_{};
  std::optional<RunOutcome> interrupted_;
};

}  // namespace

bool start_side_by_side(const CampaignStarts& starts, Machine& machine,
                        std::optional<RunOutcome>& interrupted) {
  SideStarts all(starts, machine);
  const bool good = all.run();
  interrupted = all.interrupted();
  return good;
}

}  // namespace ipucnn::campaigning
