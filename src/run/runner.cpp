#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/text.h"
#include "run/try_log.h"

namespace ipucnn {
namespace {

double seconds_between(Time from, Time to) {
  return std::chrono::duration<double>(to - from).count();
}

/// 2026-11-21T03:38:00Z to 20261121T033800Z, which every file system takes.
std::string as_stamp(std::string_view time) {
  std::string out;
  for (const char c : time)
    if (c != '-' && c != ':') out += c;
  return out;
}

std::string missing_proof(const ProofPattern& proof) {
  return proof.kind == ProofPattern::Kind::Text
             ? "'" + proof.what + "' was not printed"
             : "no " + replace_char(proof.what, '_', ' ') + " was printed";
}

/// One try of a step, from its start to its end.
class Try {
 public:
  Try(const ReadyStep& step, const std::string& place, const RunSettings& settings,
      Machine& machine, Watcher& watcher)
      : step_(step),
        place_(place),
        settings_(settings),
        limits_(limits_of(step.made(), settings)),
        machine_(machine),
        watcher_(watcher),
        log_(place),
        measured_(step.made().metrics, step.made().proof),
        began_(machine.clock.now()) {}

  const std::string& log_error() const { return log_.error(); }

  StepResult run() {
    watcher_.step_began(step_.made(), began_);
    if (const auto& phases = step_.made().phases; !phases.empty() && phases[0].line.empty()) {
      phase_ = phases[0].name;
      next_phase_ = 1;
    }
    // What came while nothing ran is not for a job that is yet to be started.
    while (!interrupted_) {
      interrupted_ = machine_.interrupts.next();
      if (interrupted_ != SIGTSTP) break;
      machine_.interrupts.suspend();
      interrupted_.reset();
    }
    if (interrupted_)
      exit_ = Cancelled{};
    else
      job_ = machine_.backend.submit({&step_, 1}, {});
    while (!exit_) {
      for (const Event& event : machine_.backend.poll(job_, deadline())) take(event);
      while (const auto signal = machine_.interrupts.next()) heed(*signal);
      const Time now = machine_.clock.now();
      if (!exit_) hold_to_limits(now);
      watcher_.tick(measured_, now);
    }
    finish_lines();
    log_.finish();
    tell_of_the_log();
    return {end(), place_, log_.error(), std::move(messages_), std::move(measured_)};
  }

 private:
  void take(const Event& event) {
    if (const auto* bytes = std::get_if<Bytes>(&event.what)) {
      at_ = last_output_ = event.at;
      log_.bytes(*bytes, seconds_between(began_, at_));
      reader(bytes->stream).feed(bytes->bytes, sink());
      tell_of_the_log();
      watcher_.bytes(*bytes, measured_, at_);
    } else if (const auto* exit = std::get_if<Exit>(&event.what)) {
      exit_ = *exit;
      at_ = event.at;
    }
  }

  LineReader& reader(Stream stream) { return stream == Stream::Out ? out_lines_ : err_lines_; }

  LineSink sink() {
    return [this](const LogLine& line) {
      note_phase(line.text);
      note_messages(line.text);
      measured_.line(line, [this](const Sample& sample) {
        has_figures_ = true;
        log_.sample(sample, measured_.metrics()[sample.metric], seconds_between(began_, at_));
      });
    };
  }

  void finish_lines() {
    out_lines_.finish(sink());
    err_lines_.finish(sink());
  }

  void tell_of_the_log() {
    if (log_.error().empty() || log_told_) return;
    log_told_ = true;
    watcher_.log_cut_off(log_.error());
    machine_.log.note(log_.error());
  }

  /// A phase ends where a later one of the list begins.
  void note_phase(std::string_view line) {
    const auto& phases = step_.made().phases;
    for (std::size_t i = next_phase_; i < phases.size(); ++i) {
      if (phases[i].line.empty() || line.find(phases[i].line) == line.npos) continue;
      next_phase_ = i + 1;
      phase_ = phases[i].name;
      phase_began_ = at_;
      machine_.log.note(step_.made().name + ": " + phase_);
      watcher_.phase_began(phase_, at_);
      return;
    }
  }

  /// Each trouble counts once, by the line that told of it first.
  void note_messages(std::string_view line) {
    for (const MessagePattern& known : step_.made().messages) {
      const auto is_known = [&](const SeenMessage& seen) { return seen.id == known.id; };
      if (line.find(known.line) == line.npos ||
          std::any_of(messages_.begin(), messages_.end(), is_known))
        continue;
      constexpr std::size_t kLongest = 1000;
      messages_.push_back(
          {known.id, std::string(line.substr(0, kLongest)), known.cause, known.remedy});
      machine_.log.note(step_.made().name + ": " + known.id + ": " + known.cause);
    }
  }

  /// The plan's limits, and those asked for in place of them.
  static std::vector<Limit> limits_of(const Step& step, const RunSettings& settings) {
    std::vector<Limit> limits = settings.limits;
    for (const Limit& limit : step.limits)
      if (std::none_of(limits.begin(), limits.end(),
                       [&](const Limit& asked) { return asked.phase == limit.phase; }))
        limits.push_back(limit);
    return limits;
  }

  std::optional<Time> deadline() {
    std::optional<Time> first = watcher_.next_tick();
    const auto sooner = [&](std::optional<Time> at) {
      if (at && (!first || *at < *first)) first = at;
    };
    if (stop_signal_) {
      if (!killed_) sooner(kill_at_);
      return first;
    }
    for (const Limit& limit : limits_) sooner(limit_at(limit));
    return first;
  }

  std::optional<Time> limit_at(const Limit& limit) const {
    if (limit.phase == "run") return began_ + paused_ + std::chrono::seconds(limit.seconds);
    if (limit.phase == "stall") return stall_at(limit);
    if (limit.phase == phase_) return phase_began_ + std::chrono::seconds(limit.seconds);
    return std::nullopt;
  }

  /// A compilation may be silent for an hour; who has printed a figure goes on printing.
  std::optional<Time> stall_at(const Limit& limit) const {
    if (!has_figures_) return std::nullopt;
    return last_output_ + std::chrono::seconds(limit.seconds);
  }

  void hold_to_limits(Time now) {
    if (stop_signal_) {
      if (!killed_ && now >= kill_at_) end_all("its time to end is over");
      return;
    }
    for (const Limit& limit : limits_)
      if (const auto at = limit_at(limit); at && now >= *at && !timed_out_)
        timed_out_ = {limit.phase, limit.seconds};
    if (timed_out_) stop(SIGTERM, facts_of(*timed_out_).reason.value_or(""), now);
  }

  void heed(int signal) {
    const Time now = machine_.clock.now();
    if (signal == SIGTSTP) {
      pause();
    } else if (!stop_signal_) {
      interrupted_ = signal;
      // These two are what launchers clean up on.
      stop(signal == SIGINT ? SIGINT : SIGTERM, "got signal " + std::to_string(signal), now);
    } else {
      if (!interrupted_ && !timed_out_) interrupted_ = signal;
      hurry(now);
    }
  }

  /// Whoever asks again does not want to wait that long; the third time, not at all.
  void hurry(Time now) {
    constexpr std::chrono::seconds kShortGrace(5);
    if (killed_) return;
    if (hurried_) return end_all("asked for the third time");
    hurried_ = true;
    kill_at_ = std::min<Time>(kill_at_, now + kShortGrace);
    const auto left = std::chrono::ceil<std::chrono::seconds>(kill_at_ - now).count();
    tell("it has " + duration_text(left) + " left to end; once more ends it at once");
  }

  void stop(int signal, const std::string& why, Time now) {
    stop_signal_ = signal;
    kill_at_ = now + settings_.grace;
    tell(why + "; it has " + duration_text(settings_.grace.count()) + " to end");
    machine_.backend.stop(job_, signal);
  }

  void end_all(const std::string& why) {
    killed_ = true;
    tell(why + "; all of it is ended");
    machine_.backend.stop(job_, SIGKILL);
  }

  void tell(const std::string& what) {
    watcher_.stopping(what);
    machine_.log.note(step_.made().name + ": " + what);
  }

  /// As a terminal would: the job first, then we. The time does not count.
  void pause() {
    machine_.backend.stop(job_, SIGTSTP);
    const Time from = machine_.clock.now();
    machine_.interrupts.suspend();
    machine_.backend.stop(job_, SIGCONT);
    const auto time = machine_.clock.now() - from;
    paused_ += time;
    phase_began_ += time;
    last_output_ += time;
    kill_at_ += time;
  }

  /// What its exit means.
  End end() const {
    if (const auto* not_started = std::get_if<NotStarted>(&*exit_)) return *not_started;
    if (interrupted_) return Interrupted{*interrupted_};
    if (timed_out_) return *timed_out_;
    if (const auto* lost = std::get_if<Lost>(&*exit_)) return *lost;
    if (std::holds_alternative<Cancelled>(*exit_)) return Cancelled{};
    if (std::holds_alternative<Preempted>(*exit_)) return Preempted{};
    if (const auto* killed = std::get_if<Killed>(&*exit_)) return Failed{*killed};
    const auto& exited = std::get<Exited>(*exit_);
    if (exited.code != 0) return Failed{exited};
    if (!measured_.proven()) return Silent{missing_proof(measured_.proof())};
    return Done{};
  }

  const ReadyStep& step_;
  const std::string& place_;
  const RunSettings& settings_;
  std::vector<Limit> limits_;
  Machine& machine_;
  Watcher& watcher_;
  running::TryLog log_;
  Measurement measured_;
  std::vector<SeenMessage> messages_;
  LineReader out_lines_{Stream::Out};
  LineReader err_lines_{Stream::Err};
  Time began_;
  Time at_ = began_;  // of the bytes that are being looked at
  std::vector<Submitted> job_;
  std::optional<Exit> exit_;
  std::optional<int> interrupted_;
  std::optional<TimedOut> timed_out_;
  std::optional<int> stop_signal_;  // that the job was sent
  Time kill_at_{};                  // when what is left of it is ended, once it was stopped
  bool hurried_ = false;
  bool killed_ = false;
  std::chrono::steady_clock::duration paused_{};
  Time last_output_ = began_;
  bool has_figures_ = false;
  bool log_told_ = false;
  std::string phase_;
  Time phase_began_ = began_;
  std::size_t next_phase_ = 0;
};

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
    std::string& error = result.error;
    folder_ = RunFolder::create(in_.parent, as_stamp(record_.started),
                                in_.name.value_or(plan_.name), error);
    if (!folder_ || !write_files(error) || !keep_record(error)) return result;
    watcher_.run_began(folder_->path());
    const std::string path = std::filesystem::absolute(folder_->path()).lexically_normal().string();
    machine_.backend.begin_run({path, in_.settings.grace});
    const ReadyPlan ready = in_.plan.in(path);
    for (const ReadyStep& step : ready.steps()) {
      if (!run_step(step, result)) break;
      if (!std::holds_alternative<Done>(result.steps.back().end)) break;
    }
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
    for (int number = 1;; ++number) {
      if (!run_try(step, number, result)) return false;
      const auto cause = cause_to_retry(result.steps.back(), retry);
      if (!cause || number > retry.times) return true;
      if (!back_off(number, retry.times, *cause, result.steps.back())) return true;
      result.steps.pop_back();
    }
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
    return std::nullopt;
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
    if (!write_file(*place + "/record.json", record_json(record), result.error)) return false;
    const Time from = machine_.clock.now();
    Try one(step, *place, in_.settings, machine_, watcher_);
    if (!one.log_error().empty()) {
      result.error = one.log_error();
      return false;
    }
    machine_.log.note(made.name + ": starting " + made.command.argv.front().shown());
    result.steps.push_back(one.run());
    const StepResult& ended = result.steps.back();
    record.ended = machine_.clock.utc();
    record.seconds = seconds_between(from, machine_.clock.now());
    record.end = ended.end;
    record.messages = ended.messages;
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
