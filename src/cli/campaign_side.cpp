// The starts of a campaign through a scheduler: some of them at a time.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <map>
#include <memory>

#include "base/text.h"
#include "cli/campaign_array.h"
#include "cli/campaign_starts.h"
#include "cli/commands.h"
#include "cli/take_over.h"
#include "ipucnn/local_run.h"
#include "ipucnn/side_by_side.h"
#include "ipucnn/slurm_run.h"

namespace ipucnn::cli {
namespace {

/// The journal does not take what is about to be submitted.
struct JournalFails {
  std::string why;
};

/// What is said of one run while others go on beside it: its folder, what is wrong with it, and
/// what it does.
class SideWatcher final : public Watcher {
 public:
  SideWatcher(std::string name, const Streams& streams, std::string& does, FolderTold began)
      : name_(std::move(name)), streams_(streams), does_(does), began_(std::move(began)) {}

  void run_began(const std::string& folder) override { began_(folder); }
  void phase_began(const std::string& phase, Time /*at*/) override {
    does_ = phase.starts_with("running") ? "running" : phase;
  }
  void log_cut_off(const std::string& why) override { tell(why); }
  void stopping(const std::string& what) override { tell(what); }

 private:
  void tell(const std::string& what) { say(streams_, fmt::format("{}: {}", name_, what)); }

  std::string name_;
  const Streams& streams_;
  std::string& does_;
  FolderTold began_;
};

/// How many runs may be followed at a time, each with its logs open.
std::size_t most_followed() {
  constexpr rlim_t kOwn = 64;
  constexpr rlim_t kOfEach = 6;
  constexpr rlim_t kEnough = 6000;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return kEnough / kOfEach;
  const rlim_t all = std::min(files.rlim_cur, kEnough);
  return all > kOwn + kOfEach ? (all - kOwn) / kOfEach : std::size_t{1};
}

/// How many may go on at a time.
std::size_t most_in_flight(const CampaignStarts& starts) {
  const std::size_t asked = starts.words.in_flight;
  const std::size_t most = most_followed();
  if (most >= asked) return asked;
  say(starts.streams,
      fmt::format("as many files as `ulimit -n` allows suffice for {} in flight, and not {}", most,
                  asked));
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
        waiting_(starts.cases, starts.split) {}

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
    if (const auto signal = sides.interrupted())
      interrupted_ = *signal == SIGTERM ? kTerminated : kInterrupted;
    return good_;
  }

  std::optional<int> interrupted() const { return interrupted_; }

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
    return !handed_.empty() && sides.going() < (cancelled ? most_followed() : most_);
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
      say(starts_.streams, fmt::format("going on with {}", one.run));
    else
      say_begun(starts_, one.item, ++begun_, of_);
    sides.begin([this, one](Backend& backend, Interrupts& interrupts) {
      go_through(one.item, nullptr, backend, interrupts, one.run,
                 [&](Machine& machine, Watcher& watcher) {
                   const std::string error =
                       follow_run(one.run, run_settings(starts_.split), machine, watcher);
                   if (!error.empty()) say(starts_.streams, error);
                   const auto record = starts_record(one.run);
                   // It never got there: nothing of it was begun, so it is to be begun yet.
                   if (one.by_another && record && record->state == end_name(NotStarted{}) &&
                       record->handed.empty()) {
                     waiting_.add(one.item);
                     ++of_;
                   }
                   return record && record->state == end_name(Done{}) ? kDone : kJobFailed;
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
    const auto planned = one.work();
    auto ready =
        startable(*planned, one.at, starts_.files, starts_.split, starts_.streams, refusal);
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
                   return run_watched(*run, starts_.split, machine, starts_.streams,
                                      starts_.files.world, watcher);
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
    say(starts_.streams, fmt::format("{}: {} of Slurm, {} at a time", array->folder(),
                                     counted(static_cast<std::int64_t>(array->size()), "task"),
                                     std::min(most_, array->size())));
    for (const JointStart::Part& part : start.parts) handed_.push_back({part.item, part.run});
  }

  /// The folder of its run; absent of one that cannot be started, which is said and noted.
  std::optional<std::string> add_to(SlurmArray& array, const CampaignItem& item) {
    const CampaignCase& one = starts_.cases[item.of];
    std::string error;
    std::string refusal;
    const auto ready =
        startable(*one.work(), one.at, starts_.files, starts_.split, starts_.streams, refusal);
    std::optional<std::string> run;
    if (ready) {
      FileLog log({});
      Machine machine{machine_.backend, machine_.clock, machine_.interrupts, log, machine_.writer};
      run = array.add(run_input(*ready, starts_.split, starts_.files.world), machine, error);
      if (!run) say(starts_.streams, fmt::format("{}: {}", printable(name_of(item)), error));
    }
    if (run) return run;
    ++failures_;
    const std::string utc = machine_.clock.utc();
    if (!starts_.journal.begun(item, one.name, utc, error) ||
        !starts_.journal.ended(item, end_name(NotStarted{}), utc, error))
      fail(error);
    return std::nullopt;
  }

  /// One run from its folder to its end in the journal. `planned` is absent where it is not at
  /// hand.
  void go_through(const CampaignItem& item, const CaseWork* planned, Backend& backend,
                  Interrupts& interrupts, std::string run,
                  const std::function<int(Machine&, Watcher&)>& work) {
    FileLog log(starts_.split.has(Option::Verbose) ? starts_.streams.err
                                                   : std::function<void(std::string_view)>());
    Machine machine{backend, machine_.clock, interrupts, log, machine_.writer};
    std::string& does = does_[item.id];
    does = "queued";
    SideWatcher watcher(printable(name_of(item)), starts_.streams, does,
                        [&](const std::string& path) {
                          if (!run.empty()) return;  // the journal has it
                          run = whole_path(path);
                          std::string error;
                          if (!starts_.journal.running(item, run, error)) throw JournalFails{error};
                        });
    try {
      const int status = work(machine, watcher);
      if (status != kDone) ++failures_;
      good_ = note_end(starts_, item, run, status, machine) && good_;
      if (planned != nullptr) starts_.ended(item.of, *planned);
      if (status != kDone) say_end(item, run);
    } catch (const JournalFails& failure) {
      fail(failure.why);
    }
    does_.erase(item.id);
  }

  void say_end(const CampaignItem& item, const std::string& run) {
    const auto record = starts_record(run);
    if (!record) return;
    say(starts_.streams,
        fmt::format("{}: {}{}", printable(name_of(item)), record->state,
                    record->reason ? ": " + printable(*record->reason) : std::string()));
  }

  /// Every minute what those do that go on.
  void tell_of_all(const SideBySide& sides) {
    constexpr std::chrono::minutes kBetween(1);
    const Time now = machine_.clock.now();
    if (told_ == Time{}) told_ = now;
    if (starts_.split.has(Option::Quiet) || sides.going() == 0 || now - told_ < kBetween) return;
    told_ = now;
    std::map<std::string, std::size_t> counts;
    for (const auto& [id, does] : does_) ++counts[does];
    std::string text;
    for (const auto& [does, count] : counts)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, printable(does));
    say(starts_.streams, fmt::format("in flight: {}", text));
  }

  void fail(const std::string& error) {
    say(starts_.streams, error);
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
  std::optional<int> interrupted_;
};

}  // namespace

bool start_side_by_side(const CampaignStarts& starts, Machine& machine,
                        std::optional<int>& interrupted) {
  SideStarts all(starts, machine);
  const bool good = all.run();
  interrupted = all.interrupted();
  return good;
}

}  // namespace ipucnn::cli
