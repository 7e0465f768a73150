#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/input_files.h"

namespace ipucnn::cli {

/// ipucnn.lock beside the project's ipucnn.yml, else in the working folder.
std::string lock_path(const World& world);

/// What a preset means, as one entry of the file: its head and the command, or why there is none.
struct LockEntry {
  std::string head;  ///< "tensorflow1_cnns:mine train pod16"
  std::string body;  ///< the shell form, or "# B002" and the like
  Span at;           ///< the preset, or the head in the file
  bool seen = false;
};

struct LockFile {
  std::string path;
  std::vector<LockEntry> entries;
};

/// The entry of a preset that was resolved for a purpose.
LockEntry lock_entry(const JobPoint& point);

std::string lock_text(const std::vector<LockEntry>& entries);

/// Reads the file. Absent with a finding when it cannot be read.
std::optional<LockFile> read_lock(Sources& sources, const World& world, Diagnostics& findings);

/// Reports the words that differ.
void compare_with_lock(const LockEntry& now, LockFile& lock, Diagnostics& findings);

/// Reports entries that no preset stands behind any more.
void report_leftovers(const LockFile& lock, Diagnostics& findings);

}  // namespace ipucnn::cli
