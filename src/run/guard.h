#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <string>

#include "ipucnn/run.h"

namespace ipucnn::running {

/// What a guard is told.
struct GuardOrder {
  std::int32_t signal = 0;  ///< for the launcher's group; SIGKILL: for everything that descends
};

/// What a guard tells.
struct GuardReport {
  enum class What : std::int32_t { Started, NotStarted, Ended };
  What what = What::Ended;
  std::int32_t value = 0;  ///< the launcher's pid; why it was not started (errno); its wait status
};

struct GuardedJob {
  ProcessSpec spec;
  std::string program;     ///< path of the program
  std::string run_folder;  ///< told that the run is lost when the runner is; empty: none
  std::chrono::milliseconds grace{0};
  int out = -1;
  int err = -1;
  int control = -1;     ///< of a socket that keeps messages apart; its end is the runner's
  sigset_t defaults{};  ///< signals that the launcher must not inherit from us
};

/// The life of a guard, which a fork of the runner is: it starts the launcher in a group of its own
/// and in a session without a terminal, passes signals on, and ends only when nothing that descends
/// from the launcher is left. Processes that lose their parent become the guard's children,
/// whatever session they went to. When the launcher ends, what it leaves behind is asked to end,
/// then killed. When the runner goes away, the job is stopped and its folder says that it is lost.
[[noreturn]] void guard(const GuardedJob& job);

}  // namespace ipucnn::running
