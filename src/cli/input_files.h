#pragma once

#include <string>
#include <vector>

#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/check_subjects.h"

namespace ipucnn::cli {

/// Reads from this system.
struct FileReader final : InputReader {
  std::optional<std::string> read(const std::string& path, std::string& error) override;
  bool is_same(std::string_view path, const std::string& other) override;
  FolderText below(const std::string& folder) override;
};

/// What a job is made of, from the files of this system.
struct InputFiles : JobInputs {
  InputFiles(const SplitArgv& split, const World& world);

  /// Reads the files that are in force without being named, and what the requests need. False with
  /// `usage` set when one cannot be read, and false with findings when one is wrong.
  bool read(const std::vector<JobRequest>& requests, std::string& usage);

  /// What comments of the files and --allow let pass.
  std::vector<Suppression> suppressions(const SplitArgv& split) const {
    return given_suppressions(catalog, sources, split.values(Option::Allow));
  }

  /// What --app asks for; nullptr, with findings, when there is no such application.
  const AppSchema* find_schema(const Word& application);

  const World& world;
  const bool project_only;  ///< files of the machine and its user are not looked at
};

/// Reads for these requests. Set when that failed and has been said: the status to end with.
std::optional<int> read_or_say(InputFiles& files, const std::vector<JobRequest>& requests,
                               const SplitArgv& split, const Streams& streams);

/// What the words choose to be checked or locked, the files that they name read. Absent when
/// findings were added, or `usage` was set.
std::optional<CheckScope> read_scope(InputFiles& files, const SplitArgv& split, std::string& usage);

/// What the words of our own options say of an import.
ImportRequest import_request(const SplitArgv& split);

}  // namespace ipucnn::cli
