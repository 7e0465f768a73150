#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ipucnn/question_pace.h"
#include "ipucnn/run.h"

namespace ipucnn {

class PosixSignals;

/// Variables that a job of Slurm has and that are not known before, the hosts of a batch script of
/// ours among them.
std::vector<std::string> slurm_variables();

/// Steps as jobs of Slurm: the batch script of the plan, handed to sbatch once for each step, which
/// then writes its logs, `started` and `ended` into the place of its try (docs/formats.md). All
/// that sbatch, squeue and scancel are told are words, without a shell. What the queue says is
/// asked for once for all jobs, ever more seldom while nothing changes; what the files say, several
/// times a second.
class SlurmJobs final : public Backend {
 public:
  static constexpr std::string_view kName = "slurm";

  /// `signals`: wakes `poll`; null: nothing does.
  SlurmJobs(const PosixSignals* signals, Clock& clock);
  SlurmJobs(const SlurmJobs&) = delete;
  SlurmJobs& operator=(const SlurmJobs&) = delete;
  ~SlurmJobs() override;

  std::string_view scheduler() const override { return kName; }
  bool writes_logs() const override { return true; }
  Submitted intended(const ReadyStep& step) const override;
  std::vector<std::string> kept_variables() const override { return slurm_variables(); }
  void begin_run(const RunPlace& run) override;
  std::vector<Submitted> submit(std::span<const ReadyStep> steps, const After& after) override;
  std::vector<Event> poll(std::span<const Submitted> jobs, std::optional<Time> deadline) override;
  /// Takes them out of the queue or ends them; Slurm gives them its KillWait to end. Slurm cannot
  /// be asked to suspend a job, so SIGTSTP and SIGCONT do nothing.
  void stop(std::span<const Submitted> jobs, int signal) override;
  /// Also what was `intended` alone: `poll` says what became of it, when the queue could be asked.
  bool adopt(const Submitted& job) override;
  void forget(std::span<const Submitted> jobs) override;

 private:
  class Job;
  Job* find(const Submitted& job) const;
  std::unique_ptr<Job> submit_one(const ReadyStep& step, const std::string& after);
  void ask(std::span<const Submitted> jobs, Time now);
  bool look_for_ids(std::span<Job* const> jobs);

  const PosixSignals* signals_;
  Clock& clock_;
  RunPlace run_;
  std::vector<std::unique_ptr<Job>> jobs_;
  QuestionPace pace_;
  bool news_ = false;  // files tell of an end that the queue was not asked about yet
};

}  // namespace ipucnn
