#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>

#include "ipucnn/resume.h"
#include "run/headline.h"
#include "run/try.h"

namespace ipucnn {
namespace {

class Run {
 public:
  Run(const RunInput& in, Machine& machine, Watcher& watcher)
      : in_(in), plan_(in.plan.made()), machine_(machine), watcher_(watcher) {}

  RunResult run() {
    RunResult result;
    const std::string path = make_folder(result.error);
    if (path.empty()) return result;
    watcher_.run_began(folder_->path());
    begin_in(path);
    run_steps(in_.plan.in(path), result);
    finish(result);
    return result;
  }

  /// Up to what a scheduler is told.
  std::optional<PreparedRun> prepare(std::string& error) {
    const std::string path = make_folder(error);
    if (path.empty()) return std::nullopt;
    begin_in(path);
    const ReadyPlan ready = in_.plan.in(path);
    next_ = ready.steps()[in_.first_step];
    const auto placed = note_handed(ready, in_.first_step, 1, error);
    if (!placed) return std::nullopt;
    return PreparedRun{path, placed->front().place()};
  }

  /// Goes on with what another process has handed to a scheduler.
  RunResult take_over() {
    RunResult result;
    auto record = read_run_record(in_.parent, result.error);
    folder_ = RunFolder::open(in_.parent);
    if (!record) return result;
    record_ = *std::move(record);
    record_.writer = machine_.writer;
    if (!keep_record(result.error) ||
        !machine_.log.open(folder_->path() + "/ipucnn.log", result.error))
      return result;
    machine_.log.note("taken over by process " + std::to_string(machine_.writer.pid));
    watcher_.run_began(folder_->path());
    machine_.backend.begin_run({folder_->path(), in_.settings.grace, &plan_});
    adopted_ = true;
    for (const HandedStep& one : std::vector<HandedStep>(record_.handed))
      if (!machine_.backend.adopt({one.job})) drop_handed(one.step);
    run_steps(in_.plan.in(folder_->path()), result);
    finish(result);
    return result;
  }

 private:
  /// Its path from the root; empty when it could not be made.
  std::string make_folder(std::string& error) {
    record_.started = machine_.clock.utc();
    record_.writer = machine_.writer;
    record_.about = about(plan_);
    record_.name = in_.name;
    record_.notes = in_.notes;
    record_.context = in_.context;
    record_.origin = in_.origin;
    folder_ = RunFolder::create(in_.parent, record_.started, in_.name.value_or(plan_.name), error);
    if (!folder_) return {};
    if (write_files(error) && keep_record(error)) return whole_path(folder_->path());
    // Nothing was started, and half a folder would look as if.
    std::error_code left;
    std::filesystem::remove_all(folder_->path(), left);
    return {};
  }

  void begin_in(const std::string& path) {
    machine_.backend.begin_run({path, in_.settings.grace, &plan_});
    record_.scheduler = machine_.backend.scheduler();
  }

  void finish(RunResult& result) {
    if (result.steps.empty() || !result.error.empty()) return;
    for (const StepResult& step : result.steps)
      if (record_.log_error.empty()) record_.log_error = step.log_error;
    record_.end = result.steps.back().end;
    record_.ended = machine_.clock.utc();
    record_.queued.reset();
    record_.handed.clear();
    keep_record(result.error);
    machine_.log.note("ended: " + std::string(end_name(*record_.end)));
  }

  bool write_files(std::string& error) {
    for (const NamedText& file : in_.files)
      if (!folder_->write(file, error)) return false;
    for (const PlanFile& file : plan_.files)
      if (!folder_->write({file.name, file.text}, error)) return false;
    return machine_.log.open(folder_->path() + "/ipucnn.log", error);
  }

  /// Up to the first that does not do its work.
  void run_steps(const ReadyPlan& ready, RunResult& result) {
    for (std::size_t i = in_.first_step; i < ready.steps().size(); ++i) {
      const ReadyStep& step = ready.steps()[i];
      const std::string fault = i > in_.first_step ? fault_of_handing_on(i, result) : "";
      if (!fault.empty()) {
        result.steps.push_back({NotStarted{fault}, folder_->path(), "", {}, {{}, {}}});
        watcher_.step_ended(step, result.steps.back());
        return take_back_handed();
      }
      if (adopted_ && is_done(step.made().name)) continue;
      if (!run_step(ready, i, result) || !std::holds_alternative<Done>(result.steps.back().end))
        return take_back_handed();
    }
  }

  /// Whether the record that was taken over says that a step has done its work.
  bool is_done(const std::string& step) const {
    return std::any_of(record_.tries.begin(), record_.tries.end(), [&](const TryState& one) {
      return one.step == step && one.state == end_name(Done{});
    });
  }

  HandedStep* handed(const std::string& step) {
    for (HandedStep& one : record_.handed)
      if (one.step == step) return &one;
    return nullptr;
  }

  /// What waits for a step that did not do its work is not to be begun.
  void take_back_handed() {
    std::vector<Submitted> left;
    for (const HandedStep& one : record_.handed) left.push_back({one.job});
    record_.handed.clear();
    if (!left.empty()) machine_.backend.stop(left, SIGTERM);
  }

  /// Puts on record that a step and all behind it are about to be submitted; absent where that
  /// fails.
  std::optional<std::vector<ReadyStep>> note_handed(const ReadyPlan& ready, std::size_t from,
                                                    int number, std::string& error) {
    std::vector<ReadyStep> placed;
    for (std::size_t i = from; i < ready.steps().size(); ++i) {
      const Step& made = ready.steps()[i].made();
      const int next = i == from ? number : last_number_[made.name] + 1;
      last_number_[made.name] = next;
      const auto place = folder_->try_folder(made.name, next, error);
      if (!place) return std::nullopt;
      placed.push_back((i == from ? *next_ : ready.steps()[i]).placed_in(whole_path(*place)));
      record_.handed.push_back({made.name, next, machine_.backend.intended(placed.back()).text});
    }
    record_.queued = "";
    if (!keep_record(error)) return std::nullopt;
    return placed;
  }

  /// Hands them to the scheduler, each to begin when the one before has ended well.
  bool hand_over(const ReadyPlan& ready, std::size_t from, int number, RunResult& result) {
    const auto placed = note_handed(ready, from, number, result.error);
    if (!placed) return false;
    After after;
    for (std::size_t i = 0; i < placed->size(); ++i) {
      const auto job = machine_.backend.submit({&(*placed)[i], 1}, after);
      after = {job};
      const std::size_t at = record_.handed.size() - placed->size() + i;
      record_.handed[at].job = job.front().text;
      if (!keep_record(result.error)) return false;
    }
    return true;
  }

  static std::string whole_path(const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal().string();
  }

  /// Why a step would not take what the one before has written; empty where it does, or where
  /// neither the plan nor the output tells.
  std::string fault_of_handing_on(std::size_t number, const RunResult& result) const {
    const Step& before = plan_.steps[number - 1];
    const Step& step = plan_.steps[number];
    const auto& told = result.steps.back().checkpoint;
    const auto planned = in_.plan.text_of(step.restore);
    if (!told || !planned || planned->empty() || before.output != step.restore) return {};
    const auto whole = [&](const std::string& path) {
      return (std::filesystem::path(started_in(in_.plan.commands()[number - 1])) / path)
          .lexically_normal();
    };
    // A folder, or the beginning of its files' names.
    const std::filesystem::path from = whole(*planned) / "";
    const std::filesystem::path to = whole(*told);
    if (to == from.parent_path()) return {};
    for (auto up = to.parent_path(); up != up.parent_path(); up = up.parent_path())
      if (up == from.parent_path()) return {};
    return step.name + " would start from " + *planned + ", but " + before.name + " has saved to " +
           *told;
  }

  /// Where the launcher of a step is started.
  std::string started_in(const Command& command) const {
    return (std::filesystem::path(in_.context.started_in) / literal_text(command.cwd))
        .lexically_normal()
        .string();
  }

  bool keep_record(std::string& error) const {
    return folder_->write({"record.json", run_record_json(record_)}, error);
  }

  /// Every try of a step, up to the first that did its work or must not be repeated.
  bool run_step(const ReadyPlan& ready, std::size_t at, RunResult& result) {
    const ReadyStep& step = ready.steps()[at];
    const Retry planned = step.made().retry.value_or(Retry{});
    Retry retry = in_.settings.retry.value_or(planned);
    if (retry.on.empty()) retry.on = planned.on;
    if (retry.on.empty())
      for (const MessagePattern& known : step.made().messages)
        if (known.may_pass) retry.on.push_back(known.id);
    next_ = step;
    for (int tried = 1;; ++tried) {
      const HandedStep* before = handed(step.made().name);
      const int number = before != nullptr ? before->number : last_number_[step.made().name] + 1;
      if (before == nullptr && !record_.scheduler.empty()) {
        if (adopted_) {
          result.steps.push_back({NotStarted{record_.scheduler + " has nothing of it"},
                                  folder_->path(),
                                  "",
                                  {},
                                  {{}, {}}});
          watcher_.step_ended(step, result.steps.back());
          return true;
        }
        if (!hand_over(ready, at, number, result)) return false;
      }
      last_number_[step.made().name] = number;
      if (!run_try(*next_, number, result)) return false;
      const auto cause = cause_to_retry(result.steps.back(), retry);
      if (adopted_ || !cause || tried > retry.times) return true;
      if (!back_off(tried, retry.times, *cause, result.steps.back())) return true;
      result.steps.pop_back();
      take_back_handed();
      if (in_.settings.resume) next_ = from_newest_checkpoint(*next_);
    }
  }

  /// A further try goes on where the ones before it have come to; without a checkpoint of theirs it
  /// starts as they did.
  ReadyStep from_newest_checkpoint(const ReadyStep& step) {
    std::string error;
    const auto kept = read_run(folder_->path(), error);
    const auto point = kept ? find_checkpoint(*kept, step.made(), error) : std::nullopt;
    const std::string what =
        point ? "going on " + resume_text(*point) : error + "; starting as before";
    watcher_.stopping(what);
    machine_.log.note(step.made().name + ": " + what);
    return point ? step.from_checkpoint(point->restore) : step;
  }

  /// The id of what is known to pass by itself.
  static std::optional<std::string> cause_to_retry(const StepResult& ended, const Retry& retry) {
    const auto is_asked_for = [&](const std::string& id) {
      return std::find(retry.on.begin(), retry.on.end(), id) != retry.on.end();
    };
    if (const auto* why = std::get_if<NotStarted>(&ended.end))
      return !why->not_found && is_asked_for("launch") ? std::optional<std::string>("launch")
                                                       : std::nullopt;
    if (const std::string end(end_name(ended.end)); is_asked_for(end)) return end;
    if (!std::holds_alternative<Failed>(ended.end)) return std::nullopt;
    for (const SeenMessage& seen : ended.messages)
      if (is_asked_for(seen.id)) return seen.id;
    const std::string crash(kCrash);
    return is_asked_for(crash) ? std::optional(crash) : std::nullopt;
  }

  /// Waits longer each time. False when somebody ended the waiting, and with it the step.
  bool back_off(int number, std::int64_t times, const std::string& cause, StepResult& ended) {
    constexpr std::int64_t kFirst = 10;
    constexpr std::int64_t kLongest = 300;
    constexpr int kDoublings = 5;
    const std::int64_t seconds =
        std::min(kFirst << static_cast<unsigned>(std::min(number - 1, kDoublings)), kLongest);
    const std::string what = cause + "; trying again in " + duration_text(seconds) + " (" +
                             std::to_string(number) + " of " + std::to_string(times) + ")";
    watcher_.stopping(what);
    machine_.log.note(what);
    const Time until = machine_.clock.now() + std::chrono::seconds(seconds);
    while (machine_.clock.now() < until) {
      machine_.backend.poll({}, until);
      const auto signal = machine_.interrupts.next();
      if (!signal) continue;
      if (*signal == SIGTSTP) {
        machine_.interrupts.suspend();
        continue;
      }
      ended.end = Interrupted{*signal};
      return false;
    }
    return true;
  }

  bool run_try(const ReadyStep& step, int number, RunResult& result) {
    const Step& made = step.made();
    TryRecord record;
    record.step = made.name;
    record.number = number;
    record_.step = made.name;
    record_.number = number;
    record_.running = true;
    const HandedStep* const by_scheduler = handed(made.name);
    const std::string job = by_scheduler == nullptr ? "" : by_scheduler->job;
    record.queued = !job.empty();
    record.job = job;
    const auto place = folder_->try_folder(made.name, record.number, result.error);
    if (!place || !keep_record(result.error)) return false;
    record.started = machine_.clock.utc();
    if (adopted_)
      if (auto before = started_of_try(*place); !before.empty()) record.started = std::move(before);
    record.label = plan_.label;
    record.started_in = started_in(step.command());
    for (const auto& [name, value] : made.command.env)
      record.variables.emplace_back(name, value.shown());
    record.proof = made.proof.what;
    if (!write_file(*place + "/record.json", record_json(record), result.error)) return false;
    Time from = machine_.clock.now();
    const auto told = [&](const Event& event) {
      if (job.empty()) return;
      const auto* queued = std::get_if<Queued>(&event.what);
      if (queued == nullptr && record.queued) from = event.at;
      record.queued = queued != nullptr;
      record_.queued = queued != nullptr ? std::optional(queued->why) : std::nullopt;
      if (const auto* runs = std::get_if<Running>(&event.what)) record.where = runs->where;
      std::string unsaid;  // the end will find the same disk
      keep_record(unsaid);
      write_file(*place + "/record.json", record_json(record), unsaid);
    };
    running::Try one(step, *place, in_.settings, machine_, watcher_, told);
    if (!one.log_error().empty()) {
      result.error = one.log_error();
      return false;
    }
    machine_.log.note(made.name + ": starting " + made.command.argv.front().shown());
    result.steps.push_back(job.empty() ? one.run() : one.follow({job}));
    if (one.left_behind()) {
      result.error = still_there();
      return false;
    }
    drop_handed(made.name);
    record.queued = false;
    record_.queued.reset();
    const StepResult& ended = result.steps.back();
    record.ended = machine_.clock.utc();
    record.seconds = running::seconds_between(from, ended.ended);
    record.end = ended.end;
    record.messages = ended.messages;
    record.phases = ended.phases;
    record.checkpoint = ended.checkpoint;
    record.log_error = ended.log_error;
    record_.tries.push_back({made.name, number, std::string(end_name(ended.end))});
    running::keep_headline(made, ended, record_.figures);
    machine_.log.note(made.name + ": " + std::string(end_name(ended.end)));
    const bool kept = write_file(*place + "/record.json", record_json(record), result.error);
    watcher_.step_ended(step, ended);
    return kept;
  }

  /// For people. The record goes on, so that the job can be followed.
  std::string still_there() const {
    std::string text = record_.scheduler + " still has its job; `ipucnn runs attach` follows it";
    machine_.log.note(text);
    return text;
  }

  void drop_handed(const std::string& step) {
    auto& all = record_.handed;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const HandedStep& one) { return one.step == step; }),
              all.end());
  }

  const RunInput& in_;
  const JobPlan& plan_;
  bool adopted_ = false;
  std::optional<ReadyStep> next_;           // as its next try is started
  std::map<std::string, int> last_number_;  // of the tries of each step
  Machine& machine_;
  Watcher& watcher_;
  std::optional<RunFolder> folder_;
  RunRecord record_;
};

}  // namespace

RunResult run_plan(const RunInput& in, Machine& machine, Watcher& watcher) {
  return Run(in, machine, watcher).run();
}

std::optional<PreparedRun> prepare_run(const RunInput& in, Machine& machine, std::string& error) {
  Watcher nobody;
  return Run(in, machine, nobody).prepare(error);
}

RunResult take_over_run(const RunInput& in, Machine& machine, Watcher& watcher) {
  return Run(in, machine, watcher).take_over();
}

}  // namespace ipucnn
