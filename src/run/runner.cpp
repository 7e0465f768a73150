#include <algorithm>
#include <csignal>
#include <filesystem>

#include "ipucnn/resume.h"
#include "run/try.h"

namespace ipucnn {
namespace {

/// 2026-11-21T03:38:00Z to 20261121T033800Z, which every file system takes.
std::string as_stamp(std::string_view time) {
  std::string out;
  for (const char c : time)
    if (c != '-' && c != ':') out += c;
  return out;
}

class Run {
 public:
  Run(const RunInput& in, Machine& machine, Watcher& watcher)
      : in_(in), plan_(in.plan.made()), machine_(machine), watcher_(watcher) {}

  RunResult run() {
    RunResult result;
    record_.started = machine_.clock.utc();
    record_.writer = machine_.writer;
    record_.about = about(plan_);
    record_.name = in_.name;
    record_.notes = in_.notes;
    record_.context = in_.context;
    record_.origin = in_.origin;
    std::string& error = result.error;
    folder_ = RunFolder::create(in_.parent, as_stamp(record_.started),
                                in_.name.value_or(plan_.name), error);
    if (!folder_ || !write_files(error) || !keep_record(error)) return result;
    watcher_.run_began(folder_->path());
    const std::string path = std::filesystem::absolute(folder_->path()).lexically_normal().string();
    machine_.backend.begin_run({path, in_.settings.grace});
    run_steps(in_.plan.in(path), result);
    if (!result.steps.empty() && error.empty()) {
      record_.end = result.steps.back().end;
      record_.ended = machine_.clock.utc();
      keep_record(error);
      machine_.log.note("ended: " + std::string(end_name(*record_.end)));
    }
    return result;
  }

 private:
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
        return;
      }
      if (!run_step(step, result) || !std::holds_alternative<Done>(result.steps.back().end)) return;
    }
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
  bool run_step(const ReadyStep& step, RunResult& result) {
    const Retry planned = step.made().retry.value_or(Retry{});
    Retry retry = in_.settings.retry.value_or(planned);
    if (retry.on.empty()) retry.on = planned.on;
    if (retry.on.empty())
      for (const MessagePattern& known : step.made().messages)
        if (known.may_pass) retry.on.push_back(known.id);
    ReadyStep next = step;
    for (int number = 1;; ++number) {
      if (!run_try(next, number, result)) return false;
      const auto cause = cause_to_retry(result.steps.back(), retry);
      if (!cause || number > retry.times) return true;
      if (!back_off(number, retry.times, *cause, result.steps.back())) return true;
      result.steps.pop_back();
      if (in_.settings.resume) next = from_newest_checkpoint(std::move(next));
    }
  }

  /// A further try goes on where the ones before it have come to; without a checkpoint of theirs it
  /// starts as they did.
  ReadyStep from_newest_checkpoint(ReadyStep step) {
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
    const auto place = folder_->try_folder(made.name, record.number, result.error);
    if (!place || !keep_record(result.error)) return false;
    record.started = machine_.clock.utc();
    record.label = plan_.label;
    record.started_in = started_in(step.command());
    for (const auto& [name, value] : made.command.env)
      record.variables.emplace_back(name, value.shown());
    record.proof = made.proof.what;
    if (!write_file(*place + "/record.json", record_json(record), result.error)) return false;
    const Time from = machine_.clock.now();
    running::Try one(step, *place, in_.settings, machine_, watcher_);
    if (!one.log_error().empty()) {
      result.error = one.log_error();
      return false;
    }
    machine_.log.note(made.name + ": starting " + made.command.argv.front().shown());
    result.steps.push_back(one.run());
    const StepResult& ended = result.steps.back();
    record.ended = machine_.clock.utc();
    record.seconds = running::seconds_between(from, machine_.clock.now());
    record.end = ended.end;
    record.messages = ended.messages;
    record.phases = ended.phases;
    record.checkpoint = ended.checkpoint;
    record_.tries.push_back({made.name, number, std::string(end_name(ended.end))});
    add_figure(made, ended.measured);
    machine_.log.note(made.name + ": " + std::string(end_name(ended.end)));
    const bool kept = write_file(*place + "/record.json", record_json(record), result.error);
    watcher_.step_ended(step, ended);
    return kept;
  }

  /// The figure that proves a step stands for it where runs are listed.
  void add_figure(const Step& step, const Measurement& measured) {
    const auto metric = step.proof.kind == ProofPattern::Kind::Metric
                            ? measured.find(step.proof.what)
                            : std::nullopt;
    if (!metric) return;
    const MetricPattern& pattern = measured.metrics()[*metric];
    const Summary summary = summarize(pattern, measured.series(*metric));
    HeadlineFigure figure{step.name, pattern.name, pattern.unit, summary.n, summary.mean};
    if (summary.last) figure.last = summary.last->value;
    if (summary.best) figure.best = summary.best->value;
    record_.figures.push_back(std::move(figure));
  }

  const RunInput& in_;
  const JobPlan& plan_;
  Machine& machine_;
  Watcher& watcher_;
  std::optional<RunFolder> folder_;
  RunRecord record_;
};

}  // namespace

RunResult run_plan(const RunInput& in, Machine& machine, Watcher& watcher) {
  return Run(in, machine, watcher).run();
}

ProcessSpec process_of(const Command& command) {
  ProcessSpec spec;
  for (const Arg& arg : command.argv) spec.argv.push_back(literal_text(arg));
  for (const auto& [name, value] : command.env) spec.env.emplace_back(name, literal_text(value));
  spec.cwd = literal_text(command.cwd);
  return spec;
}

}  // namespace ipucnn
