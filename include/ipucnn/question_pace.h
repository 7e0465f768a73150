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

  /// `hint`: something else than the scheduler says that there is news. However many jobs have
  /// some, questions stay a first pause apart.
  bool is_due(Time now, bool hint = false) const {
    return now >= next_ || (hint && now >= asked_ + kFirstPause);
  }

  /// We have changed what it would answer: the next question is as soon as can be.
  void begin_anew() {
    next_ = {};
    pause_ = kFirstPause;
  }
  /// The same where the answer would not be another one before a first pause is over. A question
  /// that comes earlier stays, or a stream of changes would put it off for ever.
  void changed(Time now) {
    next_ = waits_ ? std::min(next_, now + kFirstPause) : now + kFirstPause;
    waits_ = true;
    pause_ = kFirstPause;
  }

  /// The same where there is more to ask about than before, unless nothing was asked yet.
  void more_to_ask(Time now) {
    if (waits_) changed(now);
  }

  /// It has been asked; `news`: something was not as before.
  void asked(Time now, bool news) {
    pause_ =
        news ? kFirstPause : std::min<std::chrono::milliseconds>(pause_ * 3 / 2, kLongestPause);
    next_ = now + pause_;
    asked_ = now;
    waits_ = true;
  }

 private:
  Time next_{};
  Time asked_{};
  bool waits_ = false;                             // a question is to come
  std::chrono::milliseconds pause_ = kFirstPause;  // up to the question after the next one
};

/// How long to wait for what files and pipes of jobs say, which are looked at several times a
/// second; of many jobs more seldom, as each look costs what they are.
inline std::chrono::milliseconds until_next_look(Time now, std::optional<Time> deadline,
                                                 std::size_t jobs = 1) {
  constexpr std::chrono::milliseconds kBetweenLooks(200);
  constexpr std::chrono::milliseconds kForEach(10);
  const auto between = std::max(kBetweenLooks, kForEach * static_cast<std::int64_t>(jobs));
  if (!deadline) return between;
  return std::min(between, std::chrono::ceil<std::chrono::milliseconds>(*deadline - now));
}

}  // namespace ipucnn
