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
  Try(const ReadyStep& step, const std::string& place, Machine& machine, Watcher& watcher)
      : step_(step),
        place_(place),
        machine_(machine),
        watcher_(watcher),
        log_(place),
        measured_(step.made().metrics, step.made().proof),
        began_(machine.clock.now()) {}

  const std::string& log_error() const { return log_.error(); }

  StepResult run() {
    watcher_.step_began(step_.made(), began_);
    // What came while nothing ran is not for a job that is yet to be started.
    interrupted_ = machine_.interrupts.next();
    if (interrupted_)
      exit_ = Cancelled{};
    else
      job_ = machine_.backend.submit({&step_, 1}, {});
    while (!exit_) {
      for (const Event& event : machine_.backend.poll(job_, deadline())) take(event);
      while (const auto signal = machine_.interrupts.next()) interrupt(*signal);
      const Time now = machine_.clock.now();
      if (!exit_) hold_to_limits(now);
      watcher_.tick(measured_, now);
    }
    finish_lines();
    log_.finish();
    tell_of_the_log();
    return {end(), place_, log_.error(), std::move(measured_)};
  }

 private:
  void take(const Event& event) {
    if (const auto* bytes = std::get_if<Bytes>(&event.what)) {
      at_ = event.at;
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
      measured_.line(line, [this](const Sample& sample) {
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
      if (line.find(phases[i].line) == line.npos) continue;
      next_phase_ = i + 1;
      phase_ = phases[i].name;
      phase_began_ = at_;
      machine_.log.note(step_.made().name + ": " + phase_);
      return;
    }
  }

  std::optional<Time> deadline() {
    std::optional<Time> first = watcher_.next_tick();
    for (const Limit& limit : step_.made().limits)
      if (const auto at = limit_at(limit); at && !stopped_ && (!first || *at < *first)) first = at;
    return first;
  }

  std::optional<Time> limit_at(const Limit& limit) const {
    if (limit.phase == "run") return began_ + std::chrono::seconds(limit.seconds);
    if (limit.phase == phase_) return phase_began_ + std::chrono::seconds(limit.seconds);
    return std::nullopt;
  }

  void hold_to_limits(Time now) {
    for (const Limit& limit : step_.made().limits) {
      const auto at = limit_at(limit);
      if (stopped_ || !at || now < *at) continue;
      timed_out_ = limit.phase;
      stop(SIGTERM);
    }
  }

  void interrupt(int signal) {
    interrupted_ = signal;
    stop(signal);
  }

  void stop(int signal) {
    stopped_ = true;
    machine_.log.note(step_.made().name + ": passing on signal " + std::to_string(signal));
    machine_.backend.stop(job_, signal);
  }

  /// What its exit means.
  End end() const {
    if (const auto* not_started = std::get_if<NotStarted>(&*exit_)) return *not_started;
    if (interrupted_) return Interrupted{*interrupted_};
    if (timed_out_) return TimedOut{*timed_out_};
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
  Machine& machine_;
  Watcher& watcher_;
  running::TryLog log_;
  Measurement measured_;
  LineReader out_lines_{Stream::Out};
  LineReader err_lines_{Stream::Err};
  Time began_;
  Time at_ = began_;  // of the bytes that are being looked at
  std::vector<Submitted> job_;
  std::optional<Exit> exit_;
  std::optional<int> interrupted_;
  std::optional<std::string> timed_out_;
  bool stopped_ = false;
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
    std::string& error = result.error;
    folder_ = RunFolder::create(in_.parent, as_stamp(record_.started), plan_.name, error);
    if (!folder_ || !write_files(error) || !keep_record(error)) return result;
    watcher_.run_began(folder_->path());
    const ReadyPlan ready = in_.plan.in(std::filesystem::absolute(folder_->path()).string());
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

  bool run_step(const ReadyStep& step, RunResult& result) {
    const Step& made = step.made();
    TryRecord record;
    record.step = made.name;
    record_.step = made.name;
    record_.number = record.number;
    record_.running = true;
    const auto place = folder_->try_folder(made.name, record.number, result.error);
    if (!place || !keep_record(result.error)) return false;
    record.started = machine_.clock.utc();
    record.label = plan_.label;
    const Time from = machine_.clock.now();
    Try one(step, *place, machine_, watcher_);
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
