#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/run.h"
#include "ipucnn/source.h"
#include "ipucnn/via.h"

namespace ipucnn {

/// A plan that is to be started.
struct PlannedRun {
  JobPlan plan;
  std::string parent{};               ///< folder that holds the runs
  std::vector<NamedText> files{};     ///< kept beside it, as it does not hold them itself
  Span output_at{};                   ///< where the folder that its steps hand on was named
  std::size_t first_step = 0;         ///< those before it are left out
  std::optional<RunOrigin> origin{};  ///< the run that it began with
  Via via = Via::Local;
  bool begins_anew = false;  ///< what its steps hand on may lie there from a run that was left off
};
/// The same with all that a start needs.
struct StartableRun {
  FilledPlan plan;
  std::string parent;
  std::vector<NamedText> files;
  std::size_t first_step = 0;
  std::optional<RunOrigin> origin{};
  Via via = Via::Local;
};

/// What all runs have in common that one command starts.
struct StartSettings {
  RunSettings settings{};
  std::optional<std::string> name{};  ///< see RunInput
  std::optional<std::string> notes{};
  std::string version{};     ///< of this program
  std::string folder = ".";  ///< where a plan starts that names no folder
  bool asks_tools = true;    ///< what the machine's tools say of it goes into the record
};

/// All that its runner is given. Looks at this process, the checkout that the plan starts in and,
/// where that is asked for, the machine; `run` has to outlive what it gives.
RunInput run_input(const StartableRun& run, const StartSettings& start);

/// What a run comes to for whoever waits for it.
enum class RunOutcome : std::uint8_t {
  Done,         ///< and all of its logs are kept
  Failed,       ///< or it did not begin, or could not go on
  Interrupted,  ///< by SIGINT, or another signal that is not the next one
  Terminated,   ///< by SIGTERM
};
RunOutcome outcome_of(const RunResult& result);
/// Of whatever a signal ends.
RunOutcome outcome_of_signal(int signal);

}  // namespace ipucnn
