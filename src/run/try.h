#pragma once

#include <string>
#include <vector>

#include "ipucnn/run.h"
#include "run/long_series.h"
#include "run/try_log.h"
#include "run/try_output.h"

namespace ipucnn::running {

double seconds_between(Time from, Time to);

/// One try of a step, from its start to its end.
class Try {
 public:
  /// `place`: its folder, which is there.
  /// `told`: is called when it goes to a queue, or begins to run there.
  Try(const ReadyStep& step, const std::string& place, const RunSettings& settings,
      Machine& machine, Watcher& watcher, std::function<void(const Event&)> told);

  const std::string& log_error() const { return log_.error(); }
  /// Its scheduler did not end it in time: it goes on without us.
  bool left_behind() const { return left_behind_; }

  StepResult run();
  /// The same for a step that a scheduler has already.
  StepResult follow(const Submitted& job);

 private:
  StepResult go_on();
  void take(const Event& event);
  void take(const Queued& queued);
  void take(const Running& running);
  void begin_first_phase();
  LineReader& reader(Stream stream) { return stream == Stream::Out ? out_lines_ : err_lines_; }
  LineSink sink();
  void look_at(const Bytes& bytes, Time at);
  void finish_output();
  void finish_lines();
  void tell_of_the_log();
  /// A phase ends where a later one of the list begins.
  void note_phase(std::string_view line);

  /// Each trouble counts once, by the line that told of it first.
  void note_messages(std::string_view line);
  void note_checkpoint(std::string_view line);

  /// The plan's limits, and those asked for in place of them.
  static std::vector<Limit> limits_of(const Step& step, const RunSettings& settings);
  std::optional<Time> deadline();
  std::optional<Time> limit_at(const Limit& limit) const;
  /// A compilation may be silent for an hour; who has printed a figure goes on printing.
  std::optional<Time> stall_at(const Limit& limit) const;

  void hold_to_limits(Time now);
  void heed(int signal);
  /// Whoever asks again does not want to wait that long; the third time, not at all.
  void hurry(Time now);

  void stop(int signal, const std::string& why, Time now);
  void end_all(const std::string& why);
  void tell(const std::string& what);
  /// As a terminal would: the job first, then we. The time does not count.
  void pause();

  /// What its exit means.
  End end() const;

  const ReadyStep& step_;
  std::string place_;
  const RunSettings& settings_;
  std::vector<Limit> limits_;
  Machine& machine_;
  Watcher& watcher_;
  std::function<void(const Event&)> told_;
  TryLog log_;
  Measurement measured_;
  LongSeries long_series_;
  std::size_t kept_samples_ = 0;  // by `measured_`
  bool more_than_kept_ = false;
  std::vector<SeenMessage> messages_;
  std::vector<SeenPhase> phases_;
  std::optional<std::string> checkpoint_;  // that was told of last
  LineReader out_lines_{Stream::Out};
  LineReader err_lines_{Stream::Err};
  Time began_;        // to run
  Time at_ = began_;  // of the bytes that are being looked at
  Time ended_ = began_;
  TryOutput output_;
  std::optional<Time> queued_since_;
  bool begun_ = false;  // its first phase
  std::vector<Submitted> job_;
  std::optional<Exit> exit_;
  std::optional<int> interrupted_;
  std::optional<TimedOut> timed_out_;
  std::optional<int> stop_signal_;  // that the job was sent
  Time kill_at_{};                  // when what is left of it is ended, once it was stopped
  bool hurried_ = false;
  bool killed_ = false;
  std::optional<Time> leave_at_;  // when a scheduler is no longer waited for that should end it
  bool left_behind_ = false;
  std::chrono::steady_clock::duration paused_{};
  Time last_output_ = began_;
  bool has_figures_ = false;
  bool log_told_ = false;
  std::string phase_;
  Time phase_began_ = began_;
  std::size_t next_phase_ = 0;
};

}  // namespace ipucnn::running
