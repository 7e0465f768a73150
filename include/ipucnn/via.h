#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/run.h"

namespace ipucnn {

class PosixSignals;

/// What starts the steps of a run.
enum class Via : std::uint8_t { Local, Slurm, Kubernetes };

/// By the name that a record has for it, Local by an empty one; absent for one that is not known.
std::optional<Via> via_named(std::string_view scheduler);

/// The format of what it is handed; empty for Local.
std::string_view format_for(Via via);
/// Variables of a plan that are not known before its jobs run.
std::vector<std::string> kept_variables(Via via);
/// Programs of this host that it is reached by; empty where steps are started here.
std::vector<std::string> needed_tools(Via via);
/// Why it cannot take a plan; empty when it can.
std::string why_not(Via via, const JobPlan& plan);
/// The same of a format.
std::string why_not(std::string_view format, const JobPlan& plan);

/// A scheduler's backend; null for Local. `signals` may be null.
std::unique_ptr<Backend> scheduler_backend(Via via, const PosixSignals* signals, Clock& clock);

}  // namespace ipucnn
