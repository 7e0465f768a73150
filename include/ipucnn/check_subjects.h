#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipucnn/job_inputs.h"
#include "ipucnn/lock.h"
#include "ipucnn/subjects.h"

namespace ipucnn {

/// What is held to every rule.
struct CheckScope {
  JobRequest words;                     ///< for each command, with its suppressions
  SubjectWords named;                   ///< those of our files that were named among them
  std::vector<SourceId> texts{};        ///< with commands; their comments let findings pass, too
  std::vector<ImportedJob> commands{};  ///< of these texts
  std::size_t plain = 0;                ///< commands of benchmarks that are of no known application
  bool files_named = false;             ///< only what was named, though nothing may be in it
  bool locked = false;  ///< what a lock holds: the built-in presets, without a project
  /// Words choose or change what is looked at, so that a comment may speak of what was left out.
  bool narrowed = false;
};

/// Takes a text that was named to be checked: a file of ours, a configs.yml (of `application` where
/// one is given), or a text with commands. One of another program is passed over with a warning
/// (K003). False, with findings, when it is wrong.
bool add_named_text(JobInputs& inputs, CheckScope& scope, const Word& file, std::string text,
                    const std::optional<Word>& application);

struct CheckedSubjects {
  Diagnostics findings;
  std::vector<std::string> checked;   ///< names of what was looked at
  std::vector<std::string> not_read;  ///< FILE:LINE of commands among these that cannot be checked
  std::vector<SourceId> files;        ///< those whose entries were judged
  std::size_t plain = 0;              ///< commands beside these that are of no known application
  bool nothing = false;               ///< nothing was named, and there is no project
};

/// Whether nothing is named and there is no project, so that nothing is judged or locked.
bool names_nothing(const JobInputs& inputs, const CheckScope& scope);

/// Judges the entries of files, their presets and jobs, and commands of texts; with `lock` also
/// whether the presets still mean what it holds.
CheckedSubjects check_subjects(const JobInputs& inputs, const CheckScope& scope,
                               std::optional<LockFile> lock, const Emit& emit);

}  // namespace ipucnn
