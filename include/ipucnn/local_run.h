#pragma once

#include <memory>

#include "ipucnn/run.h"

namespace ipucnn {

/// The variable that each process of a run has, with the run's folder for its value.
inline constexpr const char* kRunMark = "IPUCNN_RUN";

/// SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGTSTP for as long as it lives, but for those that we were
/// started with ignored. One at a time.
class PosixSignals final : public Interrupts {
 public:
  PosixSignals();
  PosixSignals(const PosixSignals&) = delete;
  PosixSignals& operator=(const PosixSignals&) = delete;
  ~PosixSignals() override;

  std::optional<int> next() override;
  void suspend() override;
  /// Becomes readable with each signal, a child's end among them.
  int fd() const;

 private:
  friend class LocalProcesses;
  struct Handlers;
  std::unique_ptr<Handlers> handlers_;
};

/// Processes of this host, each in a group of its own under a guard, a fork of ours that ends
/// everything that descends from it. An Exit is told when nothing of a job is left. When a guard is
/// killed, what it looked after is ended at once; when we are, the guard does it. Its texts name a
/// process by boot, number and time of start, so that another process with the same number is not
/// taken for it.
class LocalProcesses final : public Backend {
 public:
  LocalProcesses(PosixSignals& signals, Clock& clock);
  LocalProcesses(const LocalProcesses&) = delete;
  LocalProcesses& operator=(const LocalProcesses&) = delete;
  ~LocalProcesses() override;

  void begin_run(const RunPlace& run) override;
  std::vector<Submitted> submit(std::span<const ReadyStep> steps, const After& after) override;
  std::vector<Event> poll(std::span<const Submitted> jobs, std::optional<Time> deadline) override;
  void stop(std::span<const Submitted> jobs, int signal) override;
  /// Of a process that is not our child only its end can be seen, as Lost.
  bool adopt(const Submitted& job) override;

 private:
  class Job;
  Job* find(const Submitted& job) const;
  void begin_waiting();
  void end_orphans();

  PosixSignals& signals_;
  Clock& clock_;
  RunPlace run_;
  std::vector<std::unique_ptr<Job>> jobs_;
};

struct SystemClock final : Clock {
  Time now() override { return std::chrono::steady_clock::now(); }
  std::string utc() override;
};

/// In a run's folder: what ipucnn itself said of a run that was detached.
inline constexpr const char* kDetachedLog = "detached.log";

/// Goes on in a process of its own session, which does `job` and ends with its status. `job` is
/// given a function that takes the run's folder once there is one; from then on the process writes
/// what it says to kDetachedLog there, and this call returns with the folder in `folder`. When the
/// job ends before there is one the status of its process is returned, `folder` being empty.
int run_detached(const std::function<int(const std::function<void(const std::string&)>&)>& job,
                 std::string& folder);

/// Processes of this host that bear the mark of a run, its guard not among them.
std::vector<std::int64_t> marked_processes(const std::string& run_folder);

/// Kernel, folder and variables of this process, and the versions that these tell; the rest is left
/// empty.
RunContext this_context();
using Variables = std::vector<std::pair<std::string, std::string>>;
/// What vipu, gc-info and gc-monitor say of the machine, each under the words that it was asked
/// with; those that are not on PATH, in the environment of a job, are left out.
Variables machine_says(const Variables& environment);

/// What sourcing these scripts of a shell, in this order, sets or changes among the variables of
/// this process. A bash of its own does it once; what they print is not kept. Absent, with the
/// reason, when one fails.
std::optional<Variables> sourced_variables(const std::vector<std::string>& scripts,
                                           std::string& error);

/// What git says of a folder: the commit that is checked out there, and, where git is on PATH,
/// whether files differ from it. All absent where there is none.
void add_checkout(const std::string& folder, RunContext& context);

/// The standard output of a program that ended with status 0; standard error is not kept. Absent
/// when it failed, is not there, or took too long.
std::optional<std::string> output_of(const ProcessSpec& spec, std::chrono::milliseconds longest);
/// The same; why it is absent, which is the first line that the program complained.
std::optional<std::string> output_of(const ProcessSpec& spec, std::chrono::milliseconds longest,
                                     std::string& why);

/// This process, as records name it.
Writer this_process();

/// ipucnn.log, and the terminal as well when it is to be told (`--verbose`).
class FileLog final : public RunLog {
 public:
  /// `terminal` gets each line; empty: none.
  explicit FileLog(std::function<void(std::string_view)> terminal);
  ~FileLog() override;
  bool open(const std::string& path, std::string& error) override;
  void note(std::string_view text) override;

 private:
  struct Logger;
  std::unique_ptr<Logger> logger_;
};

}  // namespace ipucnn
