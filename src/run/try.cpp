#include "run/try.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/text.h"
#include "ipucnn/resume.h"

namespace ipucnn::running {
namespace {

std::string missing_proof(const ProofPattern& proof) {
  return proof.kind == ProofPattern::Kind::Text
             ? "'" + proof.what + "' was not printed"
             : "no " + replace_char(proof.what, '_', ' ') + " was printed";
}

}  // namespace

double seconds_between(Time from, Time to) {
  return std::chrono::duration<double>(to - from).count();
}

Try::Try(const ReadyStep& step, const std::string& place, const RunSettings& settings,
         Machine& machine, Watcher& watcher, std::function<void(const Event&)> told)
    : step_(step),
      place_(place),
      settings_(settings),
      limits_(limits_of(step.made(), settings)),
      machine_(machine),
      watcher_(watcher),
      told_(std::move(told)),
      log_(place, !machine.backend.writes_logs()),
      measured_(step.made().metrics, step.made().proof),
      began_(machine.clock.now()),
      output_(log_, watcher_, measured_, began_,
              [this](const Bytes& bytes, Time at) { look_at(bytes, at); }) {
  out_lines_.look_for(measured_);
  err_lines_.look_for(measured_);
}

void Try::begin_first_phase() {
  if (std::exchange(begun_, true)) return;
  const auto& phases = step_.made().phases;
  if (phases.empty() || !phases[0].line.empty()) return;
  phase_ = phases[0].name;
  phases_.push_back({phase_, 0});
  next_phase_ = 1;
}

StepResult Try::follow(const Submitted& job) {
  watcher_.step_began(step_.made(), began_);
  queued_since_ = began_;
  job_ = {job};
  if (settings_.stopped) {
    stop_signal_ = SIGTERM;
    kill_at_ = began_ + settings_.grace;
  }
  return go_on();
}

StepResult Try::run() {
  watcher_.step_began(step_.made(), began_);
  begin_first_phase();
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
  return go_on();
}

StepResult Try::go_on() {
  while (!exit_ && !left_behind_) {
    const auto events = machine_.backend.poll(job_, deadline());
    for (const Event& event : events) take(event);
    while (const auto signal = machine_.interrupts.next()) heed(*signal);
    const Time now = machine_.clock.now();
    if (!exit_) output_.work(events.empty(), now);
    if (!exit_) hold_to_limits(now);
    tell_of_the_log();
    watcher_.tick(measured_, now);
  }
  // What the scheduler says of it is still to be told.
  if (left_behind_)
    for (const Event& event : machine_.backend.poll(job_, machine_.clock.now())) take(event);
  if (!exit_) exit_ = Lost{"it was left behind"};
  finish_output();
  finish_lines();
  log_.finish();
  tell_of_the_log();
  if (more_than_kept_) long_series_.take_from(measured_);
  auto long_figures = long_series_.figures(measured_);
  LineCounts lines = out_lines_.counts();
  lines += err_lines_.counts();
  return {end(),
          place_,
          log_.error(),
          std::move(messages_),
          std::move(measured_),
          std::move(phases_),
          std::move(checkpoint_),
          ended_,
          std::move(long_figures),
          lines};
}

/// Of a job that is over. Whoever does not want to wait for its figures has its log.
void Try::finish_output() {
  while (output_.waits()) {
    const Time now = machine_.clock.now();
    output_.work(true, now);
    watcher_.tick(measured_, now);
    constexpr std::chrono::milliseconds kAWhile(20);
    if (output_.waits_for_room()) machine_.backend.poll({}, now + kAWhile);
    const auto signal = machine_.interrupts.next();
    if (!signal) continue;
    if (*signal == SIGTSTP) {
      machine_.interrupts.suspend();
      continue;
    }
    if (const auto left = output_.leave(); left > 0)
      tell("the last " + std::to_string(left) + " bytes of its output were not read for figures");
    if (!measured_.proven()) interrupted_ = interrupted_.value_or(*signal);
  }
}

void Try::look_at(const Bytes& bytes, Time at) {
  at_ = at;
  reader(bytes.stream).feed(bytes.bytes, sink());
  // samples.csv has them all; a run that is left alone for a week must not grow.
  constexpr std::size_t kMostKept = 200'000;
  if (kept_samples_ < kMostKept) return;
  more_than_kept_ = true;
  kept_samples_ = 0;
  long_series_.take_from(measured_);
}

void Try::take(const Event& event) {
  if (const auto* bytes = std::get_if<Bytes>(&event.what)) {
    last_output_ = event.at;
    output_.take(*bytes, event.at);
  } else if (const auto* exit = std::get_if<Exit>(&event.what)) {
    exit_ = *exit;
    ended_ = event.at;
  } else if (const auto* said = std::get_if<SeenMessage>(&event.what)) {
    messages_.push_back(*said);
    if (stop_signal_) watcher_.stopping(said->line);
    machine_.log.note(step_.made().name + ": " + said->id + ": " + said->line);
  } else {
    at_ = event.at;
    if (const auto* queued = std::get_if<Queued>(&event.what))
      take(*queued);
    else
      take(std::get<Running>(event.what));
    told_(event);
  }
}

void Try::take(const Queued& queued) {
  if (!queued_since_) queued_since_ = at_;
  const std::string what = queued.why.empty() ? "queued" : "queued: " + queued.why;
  machine_.log.note(step_.made().name + ": " + what);
  watcher_.phase_began(what, at_);
}

/// Its time counts from here on: what it waited for was not its own.
void Try::take(const Running& running) {
  if (!queued_since_) return;
  queued_since_.reset();
  began_ = phase_began_ = last_output_ = at_;
  begin_first_phase();
  const std::string where = running.where.empty() ? "" : " on " + running.where;
  machine_.log.note(step_.made().name + ": running" + where);
  watcher_.phase_began(phase_.empty() ? "running" + where : phase_ + where, at_);
}

LineSink Try::sink() {
  return [this](const LogLine& line) {
    note_phase(line.text);
    note_messages(line.text);
    note_checkpoint(line.text);
    measured_.line(line, [this](const Sample& sample) {
      has_figures_ = true;
      ++kept_samples_;
      log_.sample(sample, measured_.metrics()[sample.metric], seconds_between(began_, at_));
    });
  };
}

void Try::finish_lines() {
  out_lines_.finish(sink());
  err_lines_.finish(sink());
}

void Try::tell_of_the_log() {
  if (log_.error().empty() || log_told_) return;
  log_told_ = true;
  watcher_.log_cut_off(log_.error());
  machine_.log.note(log_.error());
}

void Try::note_phase(std::string_view line) {
  const auto& phases = step_.made().phases;
  const std::size_t begun = next_phase(phases, next_phase_, line);
  if (begun == phases.size()) return;
  next_phase_ = begun + 1;
  phase_ = phases[begun].name;
  phase_began_ = at_;
  phases_.push_back({phase_, seconds_between(began_, at_)});
  machine_.log.note(step_.made().name + ": " + phase_);
  watcher_.phase_began(phase_, at_);
}

void Try::note_messages(std::string_view line) {
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

std::vector<Limit> Try::limits_of(const Step& step, const RunSettings& settings) {
  std::vector<Limit> limits = settings.limits;
  for (const Limit& limit : step.limits)
    if (std::none_of(limits.begin(), limits.end(),
                     [&](const Limit& asked) { return asked.phase == limit.phase; }))
      limits.push_back(limit);
  // 0 takes the limit of its phase away, whoever set it.
  std::erase_if(limits, [](const Limit& limit) { return limit.seconds <= 0; });
  return limits;
}

std::optional<Time> Try::deadline() {
  std::optional<Time> first = watcher_.next_tick();
  const auto sooner = [&](std::optional<Time> at) {
    if (at && (!first || *at < *first)) first = at;
  };
  sooner(output_.next(machine_.clock.now()));
  if (stop_signal_) {
    sooner(killed_ ? leave_at_ : kill_at_);
    return first;
  }
  for (const Limit& limit : limits_) sooner(limit_at(limit));
  return first;
}

std::optional<Time> Try::limit_at(const Limit& limit) const {
  if (queued_since_ || limit.phase == kPending)
    return queued_since_ && limit.phase == kPending
               ? std::optional(*queued_since_ + std::chrono::seconds(limit.seconds))
               : std::nullopt;
  if (limit.phase == "run") return began_ + paused_ + std::chrono::seconds(limit.seconds);
  if (limit.phase == "stall") return stall_at(limit);
  if (limit.phase == phase_) return phase_began_ + std::chrono::seconds(limit.seconds);
  return std::nullopt;
}

std::optional<Time> Try::stall_at(const Limit& limit) const {
  if (!has_figures_) return std::nullopt;
  return last_output_ + std::chrono::seconds(limit.seconds);
}

void Try::hold_to_limits(Time now) {
  if (stop_signal_) {
    if (!killed_ && now >= kill_at_) end_all("its time to end is over");
    left_behind_ = left_behind_ || (leave_at_ && now >= *leave_at_);
    return;
  }
  for (const Limit& limit : limits_)
    if (const auto at = limit_at(limit); at && now >= *at && !timed_out_)
      timed_out_ = {limit.phase, limit.seconds};
  if (timed_out_) stop(SIGTERM, facts_of(*timed_out_).reason.value_or(""), now);
}

void Try::heed(int signal) {
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

void Try::hurry(Time now) {
  constexpr std::chrono::seconds kShortGrace(5);
  if (killed_) {
    left_behind_ = leave_at_.has_value();
    return;
  }
  if (hurried_) return end_all("asked for the third time");
  hurried_ = true;
  kill_at_ = std::min<Time>(kill_at_, now + kShortGrace);
  const auto left = std::chrono::ceil<std::chrono::seconds>(kill_at_ - now).count();
  tell("it has " + duration_text(left) + " left to end; once more ends it at once");
}

void Try::stop(int signal, const std::string& why, Time now) {
  stop_signal_ = signal;
  kill_at_ = now + settings_.grace;
  tell(why + "; it has " + duration_text(settings_.grace.count()) + " to end");
  machine_.backend.stop(job_, signal);
}

void Try::end_all(const std::string& why) {
  killed_ = true;
  tell(why + "; all of it is ended");
  machine_.backend.stop(job_, SIGKILL);
  // A guard of ours sees to it; a scheduler may refuse.
  constexpr std::chrono::seconds kForTheScheduler(30);
  if (!machine_.backend.scheduler().empty()) leave_at_ = machine_.clock.now() + kForTheScheduler;
}

void Try::tell(const std::string& what) {
  watcher_.stopping(what);
  machine_.log.note(step_.made().name + ": " + what);
}

void Try::pause() {
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

End Try::end() const {
  if (const auto* not_started = std::get_if<NotStarted>(&*exit_)) return *not_started;
  if (interrupted_) return Interrupted{*interrupted_};
  if (timed_out_) return *timed_out_;
  if (const auto* lost = std::get_if<Lost>(&*exit_)) return *lost;
  if (const auto* past = std::get_if<PastLimit>(&*exit_)) return TimedOut{"run", past->seconds};
  if (std::holds_alternative<Cancelled>(*exit_)) return Cancelled{};
  if (std::holds_alternative<Preempted>(*exit_)) return Preempted{};
  if (const auto* killed = std::get_if<Killed>(&*exit_)) return Failed{*killed};
  const auto& exited = std::get<Exited>(*exit_);
  if (exited.code != 0) return Failed{exited};
  if (!measured_.proven()) return Silent{missing_proof(measured_.proof())};
  return Done{};
}

void Try::note_checkpoint(std::string_view line) {
  const auto& pattern = step_.made().checkpoints;
  if (!pattern) return;
  if (auto path = saved_checkpoint(*pattern, line)) checkpoint_ = *std::move(path);
}

}  // namespace ipucnn::running
