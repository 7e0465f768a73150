#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/question_pace.h"
#include "ipucnn/run.h"

namespace ipucnn {

class PosixSignals;

/// Variables that a job of Slurm has and that are not known before, the hosts of a batch script of
/// ours among them.
std::vector<std::string> slurm_variables();

/// How many tasks an array may have here at most, as Slurm says; 0 when it cannot be asked.
std::size_t most_array_tasks();

/// Runs of one step that Slurm is handed as one array. Each of them is a run as any other, whose
/// batch script stands in its folder; the array's own starts that of its task. What is about to be
/// submitted is on disk before, and all of them have one comment in the queue.
class SlurmArray {
 public:
  /// In a new folder below `parent`, of an absolute path. Absent, with the reason, where that
  /// cannot be made.
  static std::optional<SlurmArray> make(const std::string& parent, std::string& error);

  const std::string& folder() const { return folder_; }
  std::string comment() const;
  std::size_t size() const { return tasks_.size(); }

  /// Makes a run as the next task, up to its submission: its folder; absent with the reason. All
  /// plans have the same `batch_array_key`. `machine.log` is the run's own.
  std::optional<std::string> add(const RunInput& in, Machine& machine, std::string& error);
  /// Hands them to Slurm, `limit` of which go on at a time. What came of it stands in the folder,
  /// where `SlurmJobs::adopt` finds it. False, with the reason, when nothing was submitted as
  /// something could not be written.
  bool submit(std::size_t limit, std::string& error);

 private:
  explicit SlurmArray(std::string folder) : folder_(std::move(folder)) {}
  struct Task {
    std::string run;
    std::string place;
  };
  std::string folder_;
  std::optional<JobPlan> plan_;  // of the first
  std::vector<Task> tasks_;
};

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
