#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ipucnn/job_inputs.h"
#include "ipucnn/subjects.h"

namespace ipucnn {

/// What a preset means, as one entry of ipucnn.lock: its head and the command, or why there is
/// none.
struct LockEntry {
  std::string head;  ///< "tensorflow1_cnns@2.3:mine train pod16"
  std::string body;  ///< the shell form, or "# B002" and the like
  Span at;           ///< the preset, or the head in the file
  bool seen = false;
};

struct LockFile {
  std::string path;
  std::vector<LockEntry> entries;
};

/// A plan as the text of a shell.
using Emit = std::function<std::string(const JobPlan&)>;

/// The entry of a preset that was resolved for a purpose.
LockEntry lock_entry(const JobPoint& point, const Emit& emit);

/// The entries of all subjects. What is wrong with a command is in its entry, and `check` says it;
/// one that cannot even be shown is a finding.
std::vector<LockEntry> lock_entries(const JobInputs& inputs, const std::vector<Subject>& subjects,
                                    const Emit& emit, Diagnostics& findings);

std::string lock_text(const std::vector<LockEntry>& entries);

/// The entries of a file's text, which is `source`.
LockFile parse_lock(std::string path, SourceId source, std::string_view text);

/// Reports the words that differ.
void compare_with_lock(const LockEntry& now, LockFile& lock, Diagnostics& findings);

/// Reports entries that no preset stands behind any more.
void report_leftovers(const LockFile& lock, Diagnostics& findings);

}  // namespace ipucnn
