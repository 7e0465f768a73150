#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/diagnostic.h"
#include "ipucnn/plan.h"
#include "ipucnn/startable_run.h"

namespace ipucnn {

/// What lies at a path, links followed.
enum class PathKind : std::uint8_t { Nothing, File, Folder, Other };

/// What is wrong with a host that a launcher starts processes on.
struct OtherHost {
  std::string name;
  std::string why_not{};               ///< it is not reached; empty where it is
  std::vector<std::string> missing{};  ///< paths that it does not have
};

/// What a preflight asks of the host where the job starts; a test gives its own. Nothing is
/// changed.
struct HostFacts {
  virtual ~HostFacts() = default;
  virtual PathKind kind(const std::string& path) = 0;
  /// Names in a folder; absent when it cannot be read.
  virtual std::optional<std::vector<std::string>> names(const std::string& folder) = 0;
  /// Whether a file could be made in the folder, or in a new one of this path.
  virtual bool can_write(const std::string& folder) = 0;
  /// Bytes that are free where the path lies or would lie; absent where the system does not say.
  virtual std::optional<std::uint64_t> free_bytes(const std::string& path) = 0;
  /// Whether the command's program is found as it would be at its start.
  virtual bool has_program(const Command& command) = 0;
  /// A variable as the command would find it; absent when it is not set.
  virtual std::optional<std::string> variable(const Command& command, const std::string& name) = 0;
  /// What `vipu list partitions` prints with the command's variables, asking `server` where that is
  /// no empty text; absent where there is no such tool, or it tells nothing.
  virtual std::optional<std::string> partitions(const Command& command,
                                                const std::string& server) = 0;
  /// Those of these hosts with which something is wrong, as `ssh` tells; this one is not among
  /// them.
  virtual std::vector<OtherHost> not_ready(const std::vector<std::string>& hosts,
                                           const std::vector<std::string>& paths) = 0;
};

/// What the system says of the host that we are on.
std::unique_ptr<HostFacts> this_host();

/// What a finding of a preflight speaks of.
enum class PreflightSubject : std::uint8_t {
  Program,
  Folder,
  Script,
  Data,
  Restore,
  Runs,
  Sdk,
  Partition,
  Hosts,
};

struct PreflightInput {
  const FilledPlan& plan;
  std::string start;           ///< folder that relative paths begin in
  std::string runs;            ///< folder that holds the runs
  std::size_t first_step = 0;  ///< those before it are not started
  /// Programs by which a scheduler is reached; where there are any, steps start on other hosts, and
  /// nothing of theirs is looked for on this one.
  std::vector<std::string> tools{};
  /// Where the value was given; line 0 where that is not known.
  std::function<Span(std::size_t step, PreflightSubject)> place{};
};

/// MAJOR.MINOR of the Poplar SDK in a path such as .../poplar-ubuntu_20_04-3.2.0+7-a1b2c3; empty
/// when it tells none.
std::string sdk_release_in(std::string_view path);

/// The state that the table of `vipu list partitions` gives a partition; an empty text when the
/// table has no such row, absent when the text is no such table.
std::optional<std::string> partition_state(std::string_view table, std::string_view partition);

/// All that would keep a plan from starting, or its script from finding its files, as far as this
/// host can tell without starting anything.
Diagnostics preflight(const PreflightInput& in, HostFacts& host);

/// What is asked of plans before any of them starts, none of which is in the rules: that their
/// variables are set, and that the folder that a step hands on is new. `start`: the folder that
/// relative paths begin in. None when a variable was reported.
std::vector<StartableRun> prepare_runs(
    std::vector<PlannedRun> runs, const std::string& start, HostFacts& host,
    const std::function<std::optional<std::string>(std::string_view)>& variable,
    Diagnostics& findings);

}  // namespace ipucnn
