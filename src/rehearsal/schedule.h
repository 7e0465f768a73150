#pragma once

#include <cstdint>
#include <optional>

namespace ipucnn::rehearsing {

/// What a training script's options say of its length and of its pauses for log and checkpoint.
struct TrainingLength {
  std::int64_t samples = 0;  ///< training samples of the data set
  std::int64_t global_batch = 1;
  double epochs = 1;
  std::optional<std::int64_t> updates;  ///< beats the epochs
  std::int64_t logs_per_epoch = 1;
  std::int64_t updates_per_log = 1;   ///< counts when `updates` is given
  std::int64_t updates_per_call = 1;  ///< wish; see TrainingSchedule
  std::int64_t checkpoints_per_epoch = 0;
  std::int64_t epochs_per_checkpoint = 0;
  /// Lines and checkpoints of an epoch may be fractions of one: of a schedule by divisors alone.
  double log_share = 1;
  double checkpoint_share = 0;
  double first_checkpoint = 0;  ///< epochs before the first
};

/// How a run goes: whole host calls of the same number of weight updates each. The last call may
/// pass the asked length.
struct TrainingSchedule {
  std::int64_t updates_per_epoch = 0;
  std::int64_t updates = 0;
  std::int64_t updates_per_log = 0;
  std::int64_t updates_per_call = 0;
  std::int64_t calls = 0;
  std::int64_t updates_per_checkpoint = 0;  ///< 0: no checkpoints
  bool whole_intervals = false;  ///< it prints what completes an interval, and nothing else

  /// The script prints the first call, each that completes a log interval, and the last two.
  bool prints(std::int64_t call) const;
  bool saves(std::int64_t call) const;
};

/// Empty where the script itself would divide by zero: no update fits into an epoch, or fewer
/// updates than log lines.
std::optional<TrainingSchedule> schedule_of(const TrainingLength& length);

/// The same where log and checkpoint periods divide the updates of an epoch, or of the run when
/// they are longer, and a call is what both have in common (Keras runs one as steps of an epoch).
std::optional<TrainingSchedule> schedule_by_divisors(const TrainingLength& length);

/// The divisor of `number` nearest to `wanted`, as those scripts find it: never the square root.
std::int64_t nearest_divisor(std::int64_t number, std::int64_t wanted);

/// An evaluation: calls of the same number of batches; samples that fill no batch are left out.
struct EvaluationSchedule {
  std::int64_t batches_per_call = 0;
  std::int64_t calls = 0;
  std::int64_t samples = 0;
};
std::optional<EvaluationSchedule> evaluation_of(std::int64_t samples, std::int64_t batch,
                                                std::int64_t batches_per_call);

}  // namespace ipucnn::rehearsing
