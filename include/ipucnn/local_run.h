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

/// Processes of this host that bear the mark of a run, its guard not among them.
std::vector<std::int64_t> marked_processes(const std::string& run_folder);

/// Kernel and variables of this process; the rest is left empty.
RunContext this_context();
/// The commit that is checked out in a folder or above it, read from git's own files; absent where
/// there is none.
std::optional<std::string> checked_out_commit(const std::string& folder);

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
