#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ipucnn {

/// A named text that goes into a run folder.
struct NamedText {
  std::string name;
  std::string text;
};

/// How one try of a step went.
struct TryRecord {
  std::string step;
  int number = 1;
  std::string started;  ///< UTC, 2026-11-21T03:38:00Z
  std::string ended;
  double seconds = 0;
  std::string verdict;  ///< "succeeded", "failed", "silent": whether it did its work
  std::string outcome;  ///< "exited", "killed", "not started", "interrupted"
  std::optional<int> exit_status;
  std::optional<int> signal;
  std::string reason;                ///< for people; empty when all went well
  std::optional<std::string> label;  ///< REHEARSAL
};

/// JSON of a try, schema ipucnn.record/1.
std::string record_json(const TryRecord& record);

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

}  // namespace ipucnn
