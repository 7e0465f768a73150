#pragma once

#include <string>
#include <vector>

#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/imported_job.h"
#include "ipucnn/job.h"

namespace ipucnn::cli {

/// Everything that was read, each file once, and what was found while reading.
struct InputFiles {
  InputFiles(const SplitArgv& split, const World& world);
  InputFiles(const InputFiles&) = delete;
  InputFiles& operator=(const InputFiles&) = delete;

  /// Reads the files that are in force without being named, and what the requests need. False with
  /// `usage` set when one cannot be read, and false with findings when one is wrong.
  bool read(const std::vector<JobRequest>& requests, std::string& usage);

  /// Reads one more file of ours or a configs.yml. Absent in the same two ways.
  std::optional<SourceId> read_file(const NeededFiles::File& file, std::string& usage);
  /// The same with a text that was read. Absent with findings when it is wrong.
  std::optional<SourceId> add_text(const NeededFiles::File& file, std::string text);

  /// What comments of the files and --allow let pass.
  std::vector<Suppression> suppressions(const SplitArgv& split) const {
    return given_suppressions(catalog, sources, split.values(Option::Allow));
  }

  /// The plan of a legal point with the files that it was made of and those that it passes.
  JobPlan plan(const JobPoint& point, PlanDetail detail) const;

  Sources sources;
  Catalog catalog{sources};
  Descriptors descriptors{catalog};
  Surroundings around;
  Diagnostics findings;
  const World& world;
};

/// Reads for these requests. Set when that failed and has been said: the status to end with.
std::optional<int> read_or_say(InputFiles& files, const std::vector<JobRequest>& requests,
                               const SplitArgv& split, const Streams& streams);

/// The files named as positional words, read.
struct NamedFiles {
  bool good = false;              ///< false: findings were added, or `usage` was set
  std::vector<SourceId> sources;  ///< in the order of the words
  std::vector<SourceId> texts;    ///< those that hold commands: scripts, documents, `cmd:`
  std::vector<ImportedJob> commands{};
};
NamedFiles read_positionals(InputFiles& files, const SplitArgv& split, std::string& usage);

/// The commands of a text. `request` says what they are taken for.
std::vector<ImportedJob> commands_of(InputFiles& files, const SplitArgv& split, SourceId source);

/// What the words of our own options say of an import.
ImportRequest import_request(const SplitArgv& split);

}  // namespace ipucnn::cli
