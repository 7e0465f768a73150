#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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

/// How one try of a step went.
struct TryRecord {
  std::string step;
  int number = 1;
  std::string started;  ///< UTC, 2026-11-21T03:38:00Z
  std::string ended;
  double seconds = 0;
  End end;
  std::optional<std::string> label;  ///< REHEARSAL
};

/// JSON of a try, schema ipucnn.record/2.
std::string record_json(const TryRecord& record);

/// The process that writes a run's folder, so that a reader can tell whether it is still there.
struct Writer {
  std::string host;
  std::string boot_id;  ///< of the machine's start; empty where the system does not say
  std::int64_t pid = 0;
  std::string start_time;  ///< of the process, in clock ticks since the machine's start
};

/// What stands for a step where runs are listed.
struct HeadlineFigure {
  std::string step;
  std::string metric;
  std::string unit;
  std::size_t n = 0;
  std::optional<double> mean;  ///< absent of values that are of a checkpoint each
  std::optional<double> last{}, best{};
};

/// A run as a whole: all that a list of runs reads.
struct RunRecord {
  std::optional<std::string> step;  ///< the one that runs, or ran last
  int number = 1;                   ///< its try
  bool running = false;             ///< false before its first step: preparing
  std::optional<End> end;
  std::vector<std::pair<std::string, std::optional<std::string>>> about;  ///< see about()
  std::string started;
  std::optional<std::string> ended;
  std::vector<HeadlineFigure> figures;
  Writer writer;
};

/// What was chosen, by name: application, release, preset, job, target, site, label.
std::vector<std::pair<std::string, std::optional<std::string>>> about(const JobPlan& plan);

/// JSON of a run, schema ipucnn.run/1.
std::string run_record_json(const RunRecord& record);

/// A run's folder on disk: runs/<UTC time>-<name>/. Every file is written under another name,
/// synced and renamed, so that it is there whole or not at all.
class RunFolder {
 public:
  /// Makes `parent`/<time>-<name>, with a number behind it when that exists. `error` says why not.
  static std::optional<RunFolder> create(const std::string& parent, const std::string& time,
                                         std::string_view name, std::string& error);

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

/// One try that a run left.
struct KeptTry {
  std::string step;
  int number = 1;
  std::string folder;
  std::string state;  ///< as its record has it; empty when it has none
};

/// A run's folder as it is read: nothing but what lies in it.
struct KeptRun {
  std::string folder;
  std::string name;  ///< of the folder
  JobPlan plan;
  std::vector<KeptTry> tries;  ///< by step in the plan's order, then by number
};

/// The folder that is meant by a path, a folder's name, or `last`. `error` says what is there.
std::optional<std::string> find_run(const std::string& parent, const std::string& asked,
                                    std::string& error);
std::optional<KeptRun> read_run(const std::string& folder, std::string& error);

/// The bytes of a kept log, piece by piece. False, with the reason, when it cannot be read; a log
/// that is not there is empty.
bool read_log(const std::string& path, const std::function<void(std::string_view)>& piece,
              std::string& error);

}  // namespace ipucnn
