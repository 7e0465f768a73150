#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ipucnn {

struct ResolveInput;
struct LaunchSettings;
struct ChosenTarget;
struct Geometry;
class Settings;

/// A part of a word: text, or a variable of the launching environment that is put in at the start.
struct Piece {
  enum class Kind : std::uint8_t { Text, Variable };
  Kind kind = Kind::Text;
  std::string text;                     ///< the text, or the variable's name
  std::optional<std::string> fallback;  ///< for a variable that is unset or empty (`:-`)
};

/// One word of a command, unquoted. `cause` names the option or rule behind it.
struct Arg {
  std::vector<Piece> pieces;
  std::string cause;
  bool begins = false;  ///< an option, or the program: shell output starts a new line here

  bool is_literal() const;
  /// Variables written as `$NAME`, for people and JSON.
  std::string shown() const;
};

/// Final words of one process, its variables and its folder (no pieces: where it is started).
struct Command {
  std::vector<Arg> argv;
  std::vector<std::pair<std::string, Arg>> env;
  Arg cwd;
  std::size_t program_at = 0;  ///< index in argv of the program that a launcher starts
};

/// Figures of a step; absent ones could not be computed or have no meaning.
struct StepGeometry {
  std::optional<std::int64_t> micro_batch, accumulation, replicas, ipus_per_replica, instances,
      hosts, ilds, global_batch, ipus;
};

struct Step {
  std::string name;
  std::string purpose;
  StepGeometry geometry;
  Command command;
};

/// Everything that is started, in order. Dry run and run are this object.
struct JobPlan {
  std::string name;  ///< job, preset or application: what the run folder is named after
  std::optional<std::string> job;
  std::string application;
  std::string release;
  std::optional<std::string> preset;
  std::string target;
  std::optional<std::string> site;
  std::string profile;
  std::optional<std::string> label;
  std::vector<Step> steps;
};

/// One finished step. Made only when no finding has error severity, so nothing can fail here.
struct PlanInput {
  const ResolveInput& in;
  const Settings& settings;
  const LaunchSettings& launch;
  const ChosenTarget& target;
  const Geometry& geometry;
  bool flat = false;
  bool config_file = false;  ///< a preset of the user's is passed in a file of the run folder
};

/// The plan of one step; further steps are appended by the caller.
JobPlan plan(const PlanInput& in);

/// The variable that stands for the run folder until there is one.
inline constexpr std::string_view kRunFolder = "IPUCNN_RUN_FOLDER";

/// Whether `--config NAME` says all that the preset holds; otherwise a plan writes every option
/// out.
bool can_name_preset(const PlanInput& in);

/// Puts the run folder's path in, once there is one.
void put_run_folder(JobPlan& plan, const std::string& path);

/// The plan with variables replaced by `look_up`, save for the run folder's. `missing` gets the
/// names that have no value.
JobPlan substitute(const JobPlan& plan,
                   const std::function<std::optional<std::string>(std::string_view)>& look_up,
                   std::vector<std::string>& missing);

}  // namespace ipucnn
