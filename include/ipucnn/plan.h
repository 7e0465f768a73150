#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/patterns.h"
#include "ipucnn/value.h"

namespace ipucnn {

struct OptionSpec;
class Node;
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

  friend bool operator==(const Piece&, const Piece&) = default;
};

/// One word of a command, unquoted. `cause` names the option or rule behind it.
struct Arg {
  std::vector<Piece> pieces;
  std::string cause;
  bool begins = false;  ///< an option, or the program: shell output starts a new line here

  bool is_literal() const;
  /// Variables written as `$NAME`, for people and JSON.
  std::string shown() const;

  friend bool operator==(const Arg&, const Arg&) = default;
};

/// Final words of one process, its variables and its folder (no pieces: where it is started).
struct Command {
  std::vector<Arg> argv;
  std::vector<std::pair<std::string, Arg>> env;
  Arg cwd;
  std::size_t program_at = 0;  ///< index in argv of the program that a launcher starts

  friend bool operator==(const Command&, const Command&) = default;
};

/// Figures of a step; absent ones could not be computed or have no meaning.
struct StepGeometry {
  std::optional<std::int64_t> micro_batch, accumulation, replicas, ipus_per_replica, instances,
      hosts, ilds, global_batch, ipus;

  friend bool operator==(const StepGeometry&, const StepGeometry&) = default;
};

/// One value as the script sees it: a text, or the shortest spelling of the number or boolean that
/// it is. Floats may be inf and nan.
struct PlanScalar {
  ScalarType type = ScalarType::String;
  std::string text;  ///< empty for Null

  friend bool operator==(const PlanScalar&, const PlanScalar&) = default;
};

/// An option's value. One that is no list has one item.
struct PlanSetting {
  std::string key;
  std::vector<PlanScalar> items;
  bool is_list = false;

  friend bool operator==(const PlanSetting&, const PlanSetting&) = default;
};

/// So many files with names of a pattern, no more and no less.
struct FileCount {
  std::string pattern;
  std::int64_t exactly = 0;

  friend bool operator==(const FileCount&, const FileCount&) = default;
};

/// Files that a step reads.
struct DataNeed {
  Arg path;                        ///< as the script is told; relative to where it starts
  std::vector<std::string> files;  ///< patterns of what has to lie there; empty: not known
  std::string help{};              ///< where it comes from
  std::vector<FileCount> counts{};

  friend bool operator==(const DataNeed&, const DataNeed&) = default;
};

/// The longest that a phase may take.
struct Limit {
  std::string phase;  ///< of the step's phases; `run`: the whole step, `stall`: without output
  std::int64_t seconds = 0;

  friend bool operator==(const Limit&, const Limit&) = default;
};

/// What is tried again, and how often.
struct Retry {
  std::int64_t times = 0;
  std::vector<std::string> on;  ///< ids of messages, or ends such as lost

  friend bool operator==(const Retry&, const Retry&) = default;
};

/// What a scheduler has to give a step.
struct Resources {
  std::optional<std::int64_t> hosts, ipus;
  std::optional<std::string> network;  ///< that the hosts talk over, as ADDRESS/BITS

  friend bool operator==(const Resources&, const Resources&) = default;
};

struct Step {
  std::string name;
  std::string purpose;
  StepGeometry geometry;
  Command command;

  // The rest is absent or empty in a plan of words only (PlanDetail::Words).
  std::string script;
  std::string launcher;                 ///< poprun, none, mpirun, mpiexec
  Arg script_dir;                       ///< folder in front of the script's name; no pieces: none
  std::vector<PlanSetting> settings{};  ///< options that somebody set
  Arg output;                           ///< folder that it writes to; no pieces: its own choice
  Arg restore;                          ///< what it starts from; no pieces: nothing
  std::vector<MetricPattern> metrics{};
  ProofPattern proof{};
  std::vector<PhasePattern> phases{};
  std::vector<MessagePattern> messages{};
  std::optional<CheckpointPattern> checkpoints{};
  std::vector<CsvPattern> csv_files{};
  std::vector<DataNeed> data_needs{};
  std::vector<Limit> limits{};
  std::optional<Retry> retry{};
  Resources resources{};
  std::optional<std::int64_t> printing_instances{};  ///< instances that are expected to write

  friend bool operator==(const Step&, const Step&) = default;
};

/// A file that a plan was made from.
struct PlanInputFile {
  std::string path;
  std::string sha256;

  friend bool operator==(const PlanInputFile&, const PlanInputFile&) = default;
};

/// A finding that a start would make an error.
struct Blocked {
  std::string id;
  std::string message;
  std::string file;  ///< empty: it points at nothing
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::string help;

  friend bool operator==(const Blocked&, const Blocked&) = default;
};

/// A file that has to lie in the run folder before the first step starts.
struct PlanFile {
  std::string name;
  std::string text;

  friend bool operator==(const PlanFile&, const PlanFile&) = default;
};

/// How Slurm is asked for what a plan needs.
struct SlurmRequest {
  std::string resources;  ///< a site's word for the way to IPUs; empty: its site says nothing
  std::vector<std::pair<std::string, std::string>> options;  ///< of sbatch, by their long names

  friend bool operator==(const SlurmRequest&, const SlurmRequest&) = default;
};

/// What a site says of it.
SlurmRequest slurm_request(Node site);

/// What a site says of the cluster that runs IPUJobs.
struct KubernetesRequest {
  std::string name_space;  ///< empty: the one that kubectl is set to
  std::string image;
  std::string shared_memory = "10Gi";  ///< of /dev/shm
  std::string cpu, memory;             ///< limits; empty: none
  std::string service_account;         ///< empty: the namespace's own
  std::string clean_pods = "None";     ///< which pods go with the job's end: None, Workers, All
  std::int64_t backoff_limit = 0;      ///< how often a failed job is begun again
  std::vector<std::pair<std::string, std::string>> volumes;  ///< folders of the container, claims
  std::vector<std::pair<std::string, std::string>> secrets;  ///< variables and who holds them

  friend bool operator==(const KubernetesRequest&, const KubernetesRequest&) = default;
};

/// Everything that is started, in order, and all that a run, a scheduler and a report need to know
/// of it. Dry run and run are this object; as JSON it is read back as the same (docs/formats.md).
struct JobPlan {
  std::string name;  ///< job, preset or application: what the run folder is named after
  std::optional<std::string> job;
  std::string application;  ///< empty: a command of no application that is known, without figures
  std::string release;      ///< empty where there is no application
  std::optional<std::string> preset;
  std::string target;
  std::optional<std::string> site;
  std::string profile;
  std::optional<std::string> label;
  std::optional<std::string> sdk{};  ///< of the site, whose variables every step sets
  /// Of the Poplar SDK that the application is made for, as 2.3; empty: it needs none, or that is
  /// not known.
  std::vector<std::string> sdk_releases{};
  std::vector<Step> steps{};
  std::vector<PlanInputFile> inputs{};  ///< those of the user; built-in files belong to the program
  std::vector<Blocked> blocked{};       ///< it can be started only while there is none
  std::vector<PlanFile> files{};
  std::optional<SlurmRequest> slurm{};  ///< it is for a job of Slurm, which tells the hosts
  std::optional<KubernetesRequest> kubernetes{};  ///< it is for one worker of a cluster

  friend bool operator==(const JobPlan&, const JobPlan&) = default;
};

/// How much of a plan is wanted. Words are enough to print the command.
enum class PlanDetail : std::uint8_t { Words, Whole };

/// One finished step. Made only when no finding has error severity, so nothing can fail here.
struct PlanInput {
  const ResolveInput& in;
  const Settings& settings;
  const LaunchSettings& launch;
  const ChosenTarget& target;
  const Geometry& geometry;
  bool flat = false;
  bool config_file = false;  ///< a preset of the user's is passed in a file of the run folder
  PlanDetail detail = PlanDetail::Whole;
  bool as_written = false;  ///< nothing is added that the launcher's documents ask for
};

/// The plan of one step; further steps are appended by the caller.
JobPlan plan(const PlanInput& in);

/// The plans in the text of an `ipucnn.plan/2` or `ipucnn.plans/2`, at least one. Empty with
/// `error`, which begins with the JSON path of the field that is wrong.
std::vector<JobPlan> read_plans(std::string_view json, std::string& error);

/// An option with its value as a script's command line takes it; empty where it is so anyway.
std::vector<Arg> option_words(const OptionSpec& option, const Value& value);

/// A text of ours as a word: `${env:NAME}` and `${env:NAME:-default}` are variables.
Arg word_of_text(std::string_view text, std::string_view cause);

/// The variable that stands for the run folder until there is one.
inline constexpr std::string_view kRunFolder = "IPUCNN_RUN_FOLDER";

/// Whether `--config NAME` says all that the preset holds; otherwise a plan writes every option
/// out.
bool can_name_preset(const PlanInput& in);

/// A step that can be started. Every word is text, save for the variables that its backend said it
/// would fill in itself.
class ReadyStep {
 public:
  /// The same step, going on from a checkpoint (restore_from).
  ReadyStep from_checkpoint(const std::string& value) const;

  /// The same step, as a try whose logs lie in this folder.
  ReadyStep placed_in(std::string folder) const {
    ReadyStep placed = *this;
    placed.place_ = std::move(folder);
    return placed;
  }

  /// As it was planned: names, figures and patterns, no value of the environment.
  const Step& made() const { return made_; }
  const Command& command() const { return command_; }
  const std::string& place() const { return place_; }  ///< from the root; empty: none

 private:
  friend class FilledPlan;
  ReadyStep(Step made, Command command) : made_(std::move(made)), command_(std::move(command)) {}
  Step made_;
  Command command_;
  std::string place_;
};

/// A plan that can be started; made of a FilledPlan and a run folder only.
class ReadyPlan {
 public:
  const std::vector<ReadyStep>& steps() const { return steps_; }

 private:
  friend class FilledPlan;
  ReadyPlan() = default;
  std::vector<ReadyStep> steps_;
};

/// A plan with the environment's variables put in. Its words can be looked at before there is a run
/// folder, and it can be started only in one.
class FilledPlan {
 public:
  /// `kept` are variables that stay as they are. Empty when one has no value; `missing` gets their
  /// names.
  static std::optional<FilledPlan> make(
      const JobPlan& plan,
      const std::function<std::optional<std::string>(std::string_view)>& look_up,
      const std::vector<std::string>& kept, std::vector<std::string>& missing);

  const JobPlan& made() const { return made_; }
  /// Of each step; the run folder is still a variable in them.
  const std::vector<Command>& commands() const { return commands_; }
  /// What another word of the plan comes to; absent where a value is known only later.
  std::optional<std::string> text_of(const Arg& word) const;
  /// `run_folder` as an absolute path.
  ReadyPlan in(const std::string& run_folder) const;

 private:
  FilledPlan() = default;
  JobPlan made_;
  std::vector<Command> commands_;
  std::map<std::string, std::string, std::less<>> values_;  // of the variables that were put in
};

/// All of them with the environment's variables put in, but for `kept`; none when one is not set,
/// each of which is reported (L005).
std::vector<FilledPlan> fill_plans(
    const std::vector<JobPlan>& plans,
    const std::function<std::optional<std::string>(std::string_view)>& look_up,
    const std::vector<std::string>& kept, Diagnostics& out);

/// Makes a step go on from a checkpoint: its restore option gets the value, in place of one that it
/// has. The step has a restore option.
void restore_from(Step& step, const std::string& value);

/// Sets variables for every step, but for those that it sets already; `cause` says where they come
/// from.
void set_variables(JobPlan& plan, const std::vector<std::pair<std::string, std::string>>& variables,
                   std::string_view cause);

/// The index of the step of this name; absent when there is none.
std::optional<std::size_t> find_step(const JobPlan& plan, std::string_view name);

/// Why a step may not go on from what another one left, with both figures each: what may not differ
/// is the global batch and the schedule. Empty when it may.
std::vector<std::string> schedule_differences(const Step& was, const Step& now);

/// A folder that a step writes and the next one starts from, so that it must not be there before.
struct HandedOn {
  std::string path;    ///< from the root, or from where the program was started
  std::string option;  ///< that names it; empty when none does
};
/// Absent when nothing is handed on, when the first step itself goes on from what lies there, or
/// when only the start knows the folder.
std::optional<HandedOn> handed_on(const JobPlan& plan);

/// The text of a word; variables that it still holds are left out.
std::string literal_text(const Arg& arg);

}  // namespace ipucnn
