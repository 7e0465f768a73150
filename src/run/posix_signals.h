#pragma once

#include <array>
#include <csignal>

#include "ipucnn/local_run.h"
#include "run/descriptor.h"

namespace ipucnn {

struct PosixSignals::Handlers {
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCHLD};

  // Whoever ignores a signal for us, as nohup does, means the job as well.
  bool was_ignored(std::size_t i) const {
    return kSignals[i] != SIGCHLD && old[i].sa_handler == SIG_IGN;
  }
  /// What the job must not inherit from us.
  sigset_t caught() const {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigaddset(&set, SIGXFSZ);
    for (std::size_t i = 0; i < kSignals.size(); ++i)
      if (!was_ignored(i)) sigaddset(&set, kSignals[i]);
    return set;
  }

  running::Descriptor read_end;
  running::Descriptor write_end;
  std::array<struct sigaction, kSignals.size()> old{};
};

}  // namespace ipucnn
