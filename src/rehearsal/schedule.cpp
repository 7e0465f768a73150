// The length of a run as the TensorFlow 1 scripts work it out (train.py and validation.py of
// release 2.3). What they leave to Python's integers stays below 2**53 here, or is refused.
#include "rehearsal/schedule.h"

#include <algorithm>
#include <cmath>

namespace ipucnn::rehearsing {
namespace {

/// n // round(n / most): about `most` each, in equal parts. Python rounds halves to even, and so
/// does the default rounding mode.
std::int64_t part_of(std::int64_t n, std::int64_t most) {
  const auto parts = std::llrint(static_cast<double>(n) / static_cast<double>(most));
  return n / std::max<std::int64_t>(1, parts);
}

std::int64_t quotient_up(std::int64_t n, std::int64_t by) { return n / by + (n % by != 0 ? 1 : 0); }

}  // namespace

bool TrainingSchedule::prints(std::int64_t call) const {
  const std::int64_t now = call * updates_per_call;
  return call == 1 || call >= calls - 1 ||
         now / updates_per_log > (now - updates_per_call) / updates_per_log;
}

bool TrainingSchedule::saves(std::int64_t call) const {
  if (updates_per_checkpoint == 0) return false;
  const std::int64_t now = call * updates_per_call;
  return call == calls ||
         now / updates_per_checkpoint > (now - updates_per_call) / updates_per_checkpoint;
}

std::optional<TrainingSchedule> schedule_of(const TrainingLength& length) {
  if (length.global_batch < 1 || length.updates_per_call < 1) return std::nullopt;
  TrainingSchedule s;
  s.updates_per_epoch = length.samples / length.global_batch;
  if (length.updates) {
    s.updates = *length.updates;
    s.updates_per_log = length.updates_per_log;
  } else {
    constexpr double kMost = 9.0e15;
    const double samples = static_cast<double>(length.samples) * length.epochs;
    if (!(samples >= 0 && samples < kMost) || length.logs_per_epoch < 1) return std::nullopt;
    s.updates = static_cast<std::int64_t>(samples) / length.global_batch;
    s.updates_per_log = s.updates_per_epoch / length.logs_per_epoch;
  }
  if (s.updates_per_log < 1 || s.updates < 1) return std::nullopt;
  s.updates_per_call = s.updates_per_log < length.updates_per_call
                           ? s.updates_per_log
                           : part_of(s.updates_per_log, length.updates_per_call);
  s.calls = quotient_up(s.updates, s.updates_per_call);
  if (length.epochs_per_checkpoint > 0)
    s.updates_per_checkpoint = s.updates_per_epoch * length.epochs_per_checkpoint;
  else if (length.checkpoints_per_epoch > 0)
    s.updates_per_checkpoint =
        std::max<std::int64_t>(1, s.updates_per_epoch / length.checkpoints_per_epoch);
  return s;
}

std::optional<EvaluationSchedule> evaluation_of(std::int64_t samples, std::int64_t batch,
                                                std::int64_t batches_per_call) {
  if (batch < 1 || batches_per_call < 1 || samples < batch) return std::nullopt;
  const std::int64_t batches = samples / batch;
  EvaluationSchedule e;
  e.batches_per_call = batches_per_call < batches ? part_of(batches, batches_per_call) : batches;
  e.calls = batches / e.batches_per_call;
  e.samples = e.batches_per_call * e.calls * batch;
  return e;
}

}  // namespace ipucnn::rehearsing
