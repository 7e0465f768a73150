#pragma once

#include <functional>

#include "ipucnn/output.h"
#include "ipucnn/run.h"
#include "ipucnn/via.h"

namespace ipucnn {

/// What a run wants of the system.
struct MachineWanted {
  Via via = Via::Local;         ///< what starts its steps
  bool verbose = false;         ///< the run's own log on standard error, too
  bool leaves_signals = false;  ///< they end us, and not the job
  bool detached = false;        ///< its standard output and error change on the way
};

/// Calls with what a run uses of the system, for as long as the call takes, and returns what that
/// returns.
using MachineSource = std::function<int(const MachineWanted&, const std::function<int(Machine&)>&)>;

/// The same of the real system. `out` and `err` are this program's; while a job of this host runs
/// they wait for nobody, unless the run is detached.
int with_system_machine(const MachineWanted& wanted, Output& out, Output& err,
                        const std::function<int(Machine&)>& use);

}  // namespace ipucnn
