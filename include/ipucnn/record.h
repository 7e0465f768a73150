#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "ipucnn/end.h"
#include "ipucnn/plan.h"

namespace ipucnn {

/// A named text that goes into a run folder.
struct NamedText {
  std::string name;
  std::string text;
};

/// What a run keeps of its plan as it was made: what stands in variables may be a secret.
std::vector<NamedText> plan_texts(const JobPlan& plan);

/// A line that is known to tell of a trouble, as it was printed, and what is to be said of it.
struct SeenMessage {
  std::string id;
  std::string line;
  std::string cause;
  std::string remedy;
};

/// A phase that was seen to begin, in seconds since the step's start.
struct SeenPhase {
  std::string name;
  double began = 0;
};

/// How one try of a step went.
struct TryRecord {
  std::string step;
  int number = 1;
  bool queued = false;               ///< its scheduler has not begun it
  std::string started;               ///< UTC, 2026-11-21T03:38:00Z
  std::optional<std::string> ended;  ///< absent while it runs, as the two below
  std::optional<double> seconds;
  std::optional<End> end;
  std::vector<SeenMessage> messages{};
  std::optional<std::string> label;  ///< REHEARSAL
  std::string started_in;            ///< folder of its launcher, from the root
  /// Variables that were set for it, as the plan has them: `$NAME` is none of ours to keep.
  std::vector<std::pair<std::string, std::string>> variables{};
  std::string proof;  ///< what had to be printed; empty: its exit status alone tells
  std::vector<SeenPhase> phases{};
  std::optional<std::string> checkpoint{};  ///< that it told of last, as it was printed
  std::string job{};                        ///< of a scheduler; empty: none
  std::string where{};      ///< the host that the job began on, as far as that is known
  std::string log_error{};  ///< see StepResult
};

/// JSON of a try, schema ipucnn.record/2.
std::string record_json(const TryRecord& record);

/// The process that writes a run's folder, so that a reader can tell whether it is still there.
struct Writer {
  std::string host;
  std::string boot_id;  ///< of the machine's start; empty where the system does not say
  std::int64_t pid = 0;
  std::string start_time;  ///< see ProcessStat
};

/// Of this start of the machine; empty where the system does not say.
std::string boot_id();
/// What proc(5) tells of a process of this host.
struct ProcessStat {
  std::int64_t parent = 0;
  std::string start_time;  ///< in clock ticks since the machine's start
  bool zombie = false;     ///< it is over, and its parent has not asked how it ended
};
/// Absent where there is no such process.
std::optional<ProcessStat> process_stat(std::int64_t pid);
/// When a process was started, in clock ticks since the machine's start; empty when there is none
/// any more.
std::string process_start_time(std::int64_t pid);
std::string host_name();

/// Whether a writer is still there, as far as this host can tell.
enum class Presence : std::uint8_t { Here, Gone, Elsewhere };
Presence presence_of(const Writer& writer);

/// What stands for a step where runs are listed.
struct HeadlineFigure {
  std::string step;
  std::string metric;
  std::string unit;
  std::size_t n = 0;
  std::optional<double> mean;  ///< absent of values that are of a checkpoint each
  std::optional<double> last{}, best{};
};

/// What a run was started in.
struct RunContext {
  std::string version;                   ///< of this program
  std::string kernel;                    ///< "Linux 6.1.0"
  std::vector<std::string> environment;  ///< names of the variables, sorted; values may be secrets
  std::optional<std::string> commit;     ///< checked out where the first step starts
  std::optional<bool> dirty{};           ///< files that git knows there differ from the commit
  std::optional<bool> configs_dirty{};   ///< the same of the configs.yml beside the script
  /// Software that the environment tells of, and its version: Poplar's SDK, frameworks.
  std::vector<std::pair<std::string, std::string>> versions{};
  /// What tools say of the machine, by their names as they were called; several lines each.
  std::vector<std::pair<std::string, std::string>> tools{};
  std::string started_in;  ///< our own folder, from the root
};

/// The run that another one began with.
struct RunOrigin {
  std::string how;  ///< rerun, resume
  std::string run;  ///< its folder
  std::optional<std::string> checkpoint{};
};

/// A try as the run's own record has it.
struct TryState {
  std::string step;
  int number = 1;
  std::string state;
};

/// A step that was handed to a scheduler, or is about to be.
struct HandedStep {
  std::string step;
  int number = 1;   ///< of its try
  std::string job;  ///< by which the scheduler knows it: see Submitted
};

/// A run as a whole: all that a list of runs reads.
struct RunRecord {
  std::optional<std::string> step;      ///< the one that runs, or ran last
  int number = 1;                       ///< its try
  bool running = false;                 ///< false before its first step: preparing
  std::optional<std::string> queued{};  ///< it waits in a queue; why, may be empty
  std::string scheduler{};              ///< that its steps were handed to; empty: none
  std::vector<HandedStep> handed{};     ///< to it, as far as they may not be over
  std::optional<End> end;
  std::vector<std::pair<std::string, std::optional<std::string>>> about;  ///< see about()
  std::optional<std::string> name;                                        ///< as --name gave it
  std::optional<std::string> notes;
  std::string started;
  std::optional<std::string> ended;
  std::vector<HeadlineFigure> figures;
  std::vector<TryState> tries{};  ///< that have ended
  std::string log_error{};        ///< the first of a try that counts; empty: their logs are whole
  std::optional<RunOrigin> origin{};
  RunContext context{};
  Writer writer;
};

/// What was chosen, by name: application, release, preset, job, target, site, label.
std::vector<std::pair<std::string, std::optional<std::string>>> about(const JobPlan& plan);

/// JSON of a run, schema ipucnn.record/2.
std::string run_record_json(const RunRecord& record);

/// A run's folder on disk: runs/<UTC time>-<name>/. Every file is written under another name,
/// synced and renamed, so that it is there whole or not at all.
class RunFolder {
 public:
  /// Makes `parent`/<time>-<name>, with a number behind it when that exists. `error` says why not.
  /// The time is given as 2026-11-21T03:38:00Z.
  static std::optional<RunFolder> create(const std::string& parent, const std::string& utc,
                                         std::string_view name, std::string& error);

  /// One that is there.
  static RunFolder open(std::string path) { return RunFolder(std::move(path)); }

  const std::string& path() const { return path_; }

  /// False, with the reason, when it could not be written.
  bool write(const NamedText& file, std::string& error) const;

  /// The folder of one try of a step, made when missing: <step>/<number>.
  std::optional<std::string> try_folder(std::string_view step, int number,
                                        std::string& error) const;

 private:
  explicit RunFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// Writes a file by temp name, fsync and rename. False, with the reason, when that failed.
bool write_file(const std::string& path, std::string_view text, std::string& error);

/// A file that lines are put behind for good: each is on disk when `append` returns, and one that a
/// crash has torn is closed by the next. One process has it at a time.
class AppendedFile {
 public:
  /// Makes the file where it is not there. Empty, with the reason, when it cannot be had; `taken`
  /// says that another process has it.
  static std::optional<AppendedFile> open(const std::string& path, bool& taken, std::string& error);
  AppendedFile(AppendedFile&& other) noexcept;
  AppendedFile& operator=(AppendedFile&&) = delete;
  ~AppendedFile();

  /// What was in it when it was opened.
  const std::string& text() const { return text_; }
  /// False, with the reason, when the line may not be on disk.
  bool append(std::string_view line, std::string& error);

 private:
  AppendedFile(int fd, std::string path, std::string text)
      : fd_(fd), path_(std::move(path)), text_(std::move(text)) {}
  int fd_;
  std::string path_;
  std::string text_;
  bool torn_ = false;  ///< it does not end with a line end
};

/// Writes into the records of a run that is not over, as far as they say so, that it was lost: for
/// whoever outlives the process that writes them. False, with the reason, when that failed.
bool record_lost(const std::string& folder, const std::string& why, const std::string& utc,
                 std::string& error);

/// Whether a record's `state` is that of a run or try which has not ended. The others are
/// end_name's.
bool is_going_on(std::string_view state);

/// One try that a run left.
struct KeptTry {
  std::string step;
  int number = 1;
  std::string folder;
  std::string state;                    ///< as its record has it; empty when it has none
  std::string started_in;               ///< see TryRecord; empty when its record does not say
  std::vector<SeenPhase> phases{};      ///< that were seen to begin
  std::vector<std::string> messages{};  ///< ids of the troubles that its output told of
  std::vector<std::string> lines{};     ///< that told of them, as printed, in the same order
  std::string reason{};                 ///< of its end, for people
  std::string log_error{};              ///< why its log is cut off; empty where it is whole
  bool submitted = false;               ///< to a scheduler, whose job may write the logs
};

/// The phase that a try was in last; empty where none was seen to begin.
std::string last_phase(const KeptTry& kept);

/// A run's folder as it is read: nothing but what lies in it.
struct KeptRun {
  std::string folder;
  std::string name;  ///< of the folder
  JobPlan plan;
  std::vector<KeptTry> tries;  ///< by step in the plan's order, then by number
};

/// A run's record.json as it is read.
struct KeptRecord {
  std::string folder;
  std::string folder_name;
  /// As the record has it; `lost` where it says that the run goes on and its writer is gone.
  std::string state;
  bool goes_on = false;
  /// A scheduler has it, and the process that wrote its record is gone: it may be over since.
  bool unattended = false;
  std::string scheduler;           ///< see RunRecord
  std::vector<HandedStep> handed;  ///< see RunRecord
  std::optional<std::string> reason;
  std::string log_error;    ///< see RunRecord
  std::int64_t signal = 0;  ///< that ended it; 0: none did
  std::optional<std::string> step;
  int number = 1;
  std::vector<std::pair<std::string, std::string>> about;  ///< those that have a value
  std::optional<std::string> name;
  std::optional<std::string> notes;
  std::string started;
  std::optional<std::string> ended;
  std::vector<HeadlineFigure> figures;
  std::string started_in;  ///< see RunContext; empty in records that were kept without
  std::optional<RunOrigin> origin{};
  Writer writer;

  /// A field of `about`; absent where it has no value.
  std::optional<std::string> chosen(std::string_view key) const;
};

/// Absent where there is no record that can be read; `error` says why.
std::optional<KeptRecord> read_record(const std::string& folder, std::string& error);
/// The same record whole, for whoever goes on writing it.
std::optional<RunRecord> read_run_record(const std::string& folder, std::string& error);
/// What is there of runs and cannot be read.
struct UnreadRuns {
  std::error_code folder{};            ///< why the folder that holds them cannot be gone through
  std::vector<std::string> records{};  ///< a sentence for each record, by path
};
/// Every run below a folder that has a record, oldest first.
std::vector<KeptRecord> list_runs(const std::string& parent, UnreadRuns& unread);
/// The same where that is as good as no run.
std::vector<KeptRecord> list_runs(const std::string& parent);

/// The folder that is meant by a path, a folder's name, a --name (its newest run), or `last`.
/// `error` says what is there.
std::optional<std::string> find_run(const std::string& parent, const std::string& asked,
                                    std::string& error);
std::optional<KeptRun> read_run(const std::string& folder, std::string& error);

/// When a try began, as the record in its folder says; empty where it does not.
std::string started_of_try(const std::string& folder);

/// The bytes of a kept log, piece by piece. False, with the reason, when it cannot be read; a log
/// that is not there is empty.
bool read_log(const std::string& path, const std::function<void(std::string_view)>& piece,
              std::string& error);

/// The same of any file that may be packed by gzip or zstd, or of standard input, which is `-`.
/// False as well where the file is not there, or its packed text is damaged.
bool read_any_log(const std::string& path, const std::function<void(std::string_view)>& piece,
                  std::string& error);

}  // namespace ipucnn
