#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ipucnn/question_pace.h"
#include "ipucnn/run.h"

namespace ipucnn {

class PosixSignals;

/// Steps as IPUJobs, by kubectl. A job is named after its try, so that it is found again by whoever
/// knows the try's folder and cannot be submitted twice. A step that waits for others is created by
/// us when they have ended well, for Kubernetes has no such order. What the worker prints comes by
/// `kubectl logs`, both streams as one; when all of it is there and the job is over, the job is
/// deleted.
class KubernetesJobs final : public Backend {
 public:
  static constexpr std::string_view kName = "kubernetes";

  /// `signals`: wakes `poll`; null: nothing does.
  KubernetesJobs(const PosixSignals* signals, Clock& clock);
  KubernetesJobs(const KubernetesJobs&) = delete;
  KubernetesJobs& operator=(const KubernetesJobs&) = delete;
  ~KubernetesJobs() override;

  std::string_view scheduler() const override { return kName; }
  Submitted intended(const ReadyStep& step) const override;
  void begin_run(const RunPlace& run) override;
  std::vector<Submitted> submit(std::span<const ReadyStep> steps, const After& after) override;
  std::vector<Event> poll(std::span<const Submitted> jobs, std::optional<Time> deadline) override;
  /// Deletes them, as anybody would who wants them to end.
  void stop(std::span<const Submitted> jobs, int signal) override;
  /// While the cluster still has it.
  bool adopt(const Submitted& job) override;
  void forget(std::span<const Submitted> jobs) override;

 private:
  class Job;
  Job* find(const Submitted& job) const;
  void create_waiting();
  void ask(std::span<const Submitted> jobs, Time now);

  const PosixSignals* signals_;
  Clock& clock_;
  RunPlace run_;
  std::vector<std::unique_ptr<Job>> jobs_;
  QuestionPace pace_;
};

}  // namespace ipucnn
