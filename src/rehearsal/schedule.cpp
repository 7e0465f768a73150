// The length of a run as the TensorFlow 1 scripts work it out (train.py and validation.py of
// release 2.3). What they leave to Python's integers stays below 2**53 here, or is refused.
#include "rehearsal/schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

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
  if (whole_intervals)
    return updates_per_log > 0 &&
           now / updates_per_log > (now - updates_per_call) / updates_per_log;
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

std::int64_t nearest_divisor(std::int64_t number, std::int64_t wanted) {
  std::int64_t best = 1;
  bool found = false;
  const auto consider = [&](std::int64_t divisor) {
    if (found && std::llabs(divisor - wanted) >= std::llabs(best - wanted)) return;
    best = divisor;
    found = true;
  };
  for (std::int64_t i = 1; i < number / i || (i == number / i && i * i < number); ++i) {
    if (number % i != 0) continue;
    consider(i);
    consider(number / i);
  }
  return best;
}

namespace {

/// Updates from one to the next of what happens `per_epoch` times an epoch; 0 for never.
std::int64_t period(double per_epoch, std::int64_t updates, double epochs) {
  if (!(per_epoch > 0)) return 0;
  if (per_epoch >= 1)
    return updates / nearest_divisor(updates, static_cast<std::int64_t>(per_epoch));
  const auto all = static_cast<std::int64_t>(static_cast<double>(updates) * epochs);
  const auto wanted = static_cast<std::int64_t>(per_epoch * epochs);
  return all < 1 ? 0 : all / nearest_divisor(all, wanted);
}

}  // namespace

std::optional<TrainingSchedule> schedule_by_divisors(const TrainingLength& length) {
  if (length.global_batch < 1) return std::nullopt;
  TrainingSchedule s;
  s.whole_intervals = true;
  s.updates_per_epoch = length.updates ? *length.updates : length.samples / length.global_batch;
  if (s.updates_per_epoch < 1 || !(length.epochs >= 1 && length.epochs < 1e6)) return std::nullopt;
  s.updates = s.updates_per_epoch * static_cast<std::int64_t>(length.epochs);
  s.updates_per_log = period(length.log_share, s.updates_per_epoch, length.epochs);
  s.updates_per_checkpoint = period(length.checkpoint_share, s.updates_per_epoch,
                                    std::trunc(length.epochs - length.first_checkpoint));
  s.updates_per_call = std::gcd(s.updates_per_log, s.updates_per_checkpoint);
  if (s.updates_per_call == 0) s.updates_per_call = s.updates;
  s.calls = s.updates / s.updates_per_call;
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
