#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/check.h"
#include "ipucnn/occasion.h"
#include "ipucnn/plan.h"
#include "ipucnn/resolve.h"
#include "ipucnn/suppression.h"

namespace ipucnn {

struct ImportedJob;

/// What is known of the words of a command that was read from a text.
struct ReadCommand {
  Span at;                           ///< its first word
  std::vector<Span> told;            ///< parts that findings have said cannot be read
  const ImportedJob* job = nullptr;  ///< it; outlives the request
  const Sources* sources = nullptr;  ///< its text: a dollar sign is a value that a start tells
};

/// What is asked for, each word with its place. It is the same whoever asks: a command line, a job
/// of a file, a command that was read, the solver, a list.
struct JobRequest {
  // What is to be run. A job fills in what is absent (see expand).
  std::optional<Word> preset;       ///< [APPLICATION[@RELEASE]:]NAME
  std::optional<Word> application;  ///< NAME[@RELEASE]
  std::optional<Word> job;          ///< one of the jobs in our files
  std::optional<Word> purpose;
  bool purpose_assumed = false;       ///< nobody asked for the purpose, so a preset may decline it
  std::optional<Word> then;           ///< the purpose of a second step
  std::optional<Word> compile_first;  ///< a step in front that only compiles
  std::optional<Word> script;         ///< a script as it stands, with `overrides` for its words

  // Where.
  std::vector<Word> presets;  ///< files named
  std::optional<Word> target;
  std::optional<Word> site;  ///< a name, or the path of a file with one site
  std::optional<Word> profile;
  std::optional<Word> app_dir;

  // Figures and values.
  std::optional<Word> instances;
  std::optional<Word> hosts;
  std::optional<Word> ipus;
  std::optional<Word> global_batch;
  std::optional<Word> keep;
  std::vector<Word> sets;       ///< KEY=VALUE
  std::vector<Word> unsets;     ///< KEY
  std::vector<Word> overrides;  ///< words for the application
  std::vector<Word> launch;     ///< KEY=VALUE
  /// KEY=V1,V2: values that an option, or a figure of ours (global_batch, instances, hosts, ipus,
  /// target), runs through; of several the last changes fastest.
  std::vector<Word> sweeps{};
  std::vector<Word> swept{};  ///< KEY=VALUE of each, in a request that `expand` has made
  std::vector<Word> allowed_unknown;
  std::vector<Suppression> suppressions;
  bool flat = false;
  bool config_file = false;
  bool as_written = false;      ///< the plan has nothing that the launcher's documents would add
  bool for_slurm = false;       ///< hosts and resources are a Slurm job's
  bool for_kubernetes = false;  ///< it runs in one worker of a cluster

  // The job behind it, which `expand` takes from the catalog unless it was read from a command.
  Entry entry{};
  FlatProfile entry_flat{};               ///< with what it extends; set by `expand`
  std::optional<ReadCommand> command{};   ///< set: no default adds to it
  std::vector<SweepValue> sweep_point{};  ///< one combination of the job's axes

  bool has_typed_application() const {
    return application && application->at.source <= kEnvironment;
  }
};

/// Applications' descriptors, each read when it is first asked for.
class Descriptors {
 public:
  explicit Descriptors(const Catalog& catalog) : catalog_(catalog) {}
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;

  const Catalog& catalog() const { return catalog_; }
  /// Null when the descriptor is wrong, which is reported.
  const AppSchema* find(const Entry& application, Diagnostics& out) const;

 private:
  const Catalog& catalog_;
  mutable std::deque<AppSchema> schemas_;
  mutable std::size_t newest_ = 0;  // place of the one that was asked for last
};

/// A folder of an application's scripts that was looked at.
struct Checkout {
  std::string folder;
  std::string application;  ///< NAME@RELEASE; empty: no release that is known
  std::string configs;      ///< path of its configs.yml; empty when it has none
};

/// A file that was read for a request.
struct ReadFile {
  std::string path;
  SourceId source;
};

/// A hostfile that was looked for.
struct LookedUpHosts {
  std::string path;                   ///< as the launch setting has it
  std::optional<std::int64_t> hosts;  ///< absent where it cannot be read here
};

/// What else decides on a job: the environment, and what was read for it beside the catalog.
struct Surroundings {
  std::function<std::optional<std::string>(std::string_view)> variable;
  std::string program = "ipucnn";  ///< path of this program, for `{self}`
  /// Paths of the files beyond the built-in ones that describe applications, parted by ':'.
  std::string descriptors{};
  std::vector<ReadFile> files{};
  std::vector<Checkout> checkouts{};
  std::vector<LookedUpHosts> hostfiles{};
};

/// What has to be read before requests can be resolved.
struct NeededFiles {
  struct File {
    Word path;
    Layer layer = Layer::Named;
    std::string application;  ///< what a configs.yml is taken for; empty: its own keys tell
    std::string only;         ///< the preset that is enough of a large file; empty: all
  };
  struct Folder {
    Word path;
    std::string application;         ///< the one it has to be of; empty: any
    std::vector<std::string> marks;  ///< names of the files that tell its release
    bool named = false;              ///< somebody asked for it by --app-dir
  };
  struct HostFile {
    std::string path;
    std::string folder;  ///< where the command starts, which a relative path goes by; empty: here
  };
  std::vector<File> files;
  std::vector<Folder> folders;
  std::vector<HostFile> hostfiles;  ///< of the machine that starts the job, so perhaps not here

  bool empty() const { return files.empty() && folders.empty() && hostfiles.empty(); }
};

/// What is still to be read. Ask again when that was done, until nothing is left.
NeededFiles files_needed(const std::vector<JobRequest>& requests, const Catalog& catalog,
                         const Surroundings& around);

/// The text of a file below a folder; absent when there is none.
using FolderText = std::function<std::optional<std::string>(const std::string& name)>;

/// The descriptor whose `checkout:` marks the folder bears; of several the last release. K042 when
/// it was named and bears none.
Checkout recognise_checkout(const Catalog& catalog, const NeededFiles::Folder& folder,
                            const FolderText& text, Diagnostics& out);

/// The request with what its job says, once for each combination of the job's axes, the last
/// changing fastest; the request itself without a job. Empty when an error was reported.
std::vector<JobRequest> expand(JobRequest request, const Catalog& catalog, Diagnostics& out);

/// The part of a preset's name before its colon, and what is behind.
struct PresetName {
  AppId application;
  std::string_view name;
};
PresetName parse_preset_name(std::string_view text);

/// One step with everything that was worked out for it. Its input looks at the other members, so it
/// is never moved.
struct JobStep {
  PurposeSpec purpose;
  std::shared_ptr<const FlatPreset> preset;  ///< the other steps' as well; null without one
  FlatProfile profile;
  FlatProfile job;
  std::optional<ResolveInput> input;
  Requests requests;
  Settings settings;
  ChosenTarget target;
  LaunchSettings launch;
  Geometry geometry;
  std::string script;        ///< of a request for a script as it stands; empty: the purpose's
  std::string program;       ///< path of this program
  bool flat = false;         ///< every option is written out
  bool config_file = false;  ///< a preset of the user's is passed in a file of the run folder

  const AppSchema& schema() const { return input->schema; }
  CheckInput check_input() const;
  PlanInput plan_input(PlanDetail detail) const;
};

/// How far a request is followed.
enum class Extent : std::uint8_t {
  Values,   ///< what the script's options come to
  Figures,  ///< target, launch settings and arithmetic as well, for a list: no value is judged
  Rules,    ///< and every rule is asked
};

/// One combination of a job's values: steps that run one after the other, and what was found.
struct JobPoint {
  JobRequest request;
  std::string label;  ///< "rate=3 model=x"; empty without axes
  Span preset_at{};   ///< the preset's name in its file; line 0 without one
  std::vector<std::unique_ptr<JobStep>> steps;
  std::unique_ptr<JobStep> compilation{};  ///< fills the executable cache before them; null: none
  Diagnostics findings;
  /// Every stage was gone through, though findings of error severity may be there.
  bool complete = false;
  /// Its steps have values and figures, though not every one may be known.
  bool shown = false;
  /// Nobody asked for the purpose, and the preset says that it is not meant for it.
  bool declined = false;

  bool is_legal() const { return complete && !findings.has_errors(); }
  const JobStep& first() const { return *steps.front(); }
  /// All that its plan has, in that order.
  std::vector<const JobStep*> planned_steps() const;
};

/// What a request comes to. It looks into the catalog and the descriptors, which outlive it.
struct Job {
  std::vector<JobPoint> points;
  Diagnostics findings;                   ///< of the request as a whole
  std::vector<Suppression> suppressions;  ///< the request's and its job's, with those used marked

  /// The first point that got through all stages; null when none did.
  const JobPoint* first() const;
  bool is_legal() const;
  /// All of them, those of points with the point's label where there are several.
  Diagnostics all_findings() const;
};

/// The stages one after the other: choose, resolve, derive, check. The only composition of them,
/// and pure: files, clock and processes are not looked at. The page to read first.
Job resolve_job(JobRequest request, const Descriptors& descriptors, const Surroundings& around,
                Occasion occasion, Extent extent = Extent::Rules);

/// The plan of a legal point.
JobPlan plan_of(const JobPoint& point, PlanDetail detail);

/// Says which form a preset takes in a plan when the script cannot find it by its name.
void note_written_out(const JobStep& step, Diagnostics& out);

/// Names a point for good, whatever else a campaign holds: the SHA-256 of its canonical request.
std::string identity(const JobRequest& point);

/// The suppressions that comments of files give (built-in ones apart), and those of `allowed`.
std::vector<Suppression> given_suppressions(const Catalog& catalog, const Sources& sources,
                                            const std::vector<Word>& allowed);

/// Reports what was allowed by a word and did not occur. A comment may speak of another purpose or
/// machine than this one.
void report_unused_words(std::vector<Suppression> suppressions, Diagnostics& out);

}  // namespace ipucnn
