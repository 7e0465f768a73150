#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "ipucnn/run.h"

namespace ipucnn {

/// How often a scheduler is asked about jobs: at first soon, ever more seldom while nothing
/// changes.
class QuestionPace {
 public:
  static constexpr std::chrono::milliseconds kFirstPause{500};
  static constexpr std::chrono::milliseconds kLongestPause{30'000};

  bool is_due(Time now) const { return now >= next_; }

  /// We have changed what it would answer: the next question is at `next`, as soon as can be when
  /// it is left out.
  void begin_anew(Time next = {}) {
    next_ = next;
    pause_ = kFirstPause;
  }

  /// It has been asked; `news`: something was not as before.
  void asked(Time now, bool news) {
    pause_ =
        news ? kFirstPause : std::min<std::chrono::milliseconds>(pause_ * 3 / 2, kLongestPause);
    next_ = now + pause_;
  }

 private:
  Time next_{};
  std::chrono::milliseconds pause_ = kFirstPause;  // up to the question after the next one
};

/// How long to wait for what files and pipes of jobs say, which are looked at several times a
/// second.
inline std::chrono::milliseconds until_next_look(Time now, std::optional<Time> deadline) {
  constexpr std::chrono::milliseconds kBetweenLooks(200);
  if (!deadline) return kBetweenLooks;
  return std::min(kBetweenLooks, std::chrono::ceil<std::chrono::milliseconds>(*deadline - now));
}

}  // namespace ipucnn
