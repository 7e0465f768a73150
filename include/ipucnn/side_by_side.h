#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "ipucnn/run.h"

namespace ipucnn {

/// Runs that go on at the same time on one backend. Each is written as if it were alone, in a
/// thread of its own, but at any moment only one of them runs or the caller does: they take turns
/// where they wait for the backend, so that what they share needs no locks. The backend is asked
/// once for all that wait, and told once of all that are to be stopped.
class SideBySide {
 public:
  /// What a run does with a backend and interrupts that stand for those of all.
  using Work = std::function<void(Backend&, Interrupts&)>;

  SideBySide(Backend& backend, Clock& clock, Interrupts& interrupts);
  SideBySide(const SideBySide&) = delete;
  SideBySide& operator=(const SideBySide&) = delete;
  /// Those that go on are left as they are: their jobs stay with the backend, and their records say
  /// that they go on.
  ~SideBySide();

  /// How many may go on at a time, each with its logs open, as far as `ulimit -n` allows.
  static std::size_t most();

  /// Begins one; returns when it waits for the first time or has ended.
  void begin(Work work);
  /// How many have not ended.
  std::size_t going() const { return sides_.size(); }
  /// Waits until something happens to one of them, at most until `deadline`, and lets those go on
  /// that it concerns. What one of them throws is thrown here.
  void go_on(std::optional<Time> deadline);
  /// Gives what else is to be stopped when a signal ends them: jobs that the backend knows and no
  /// run waits for yet.
  void stop_as_well(std::function<std::vector<Submitted>()> others) { others_ = std::move(others); }
  /// The first signal that all of them were told of; it is for the caller to begin no more.
  std::optional<int> interrupted() const { return interrupted_; }

 private:
  class Side;
  void wait_for_events(std::optional<Time> deadline);
  void hear_signals();
  void give_turn(Side& side);
  void pass_on_stops();
  void drop_ended();

  Backend& backend_;
  Clock& clock_;
  Interrupts& interrupts_;
  std::vector<std::unique_ptr<Side>> sides_;
  std::vector<std::pair<Submitted, int>> stops_;  // with their signals
  std::function<std::vector<Submitted>()> others_;
  std::optional<int> interrupted_;
};

}  // namespace ipucnn
