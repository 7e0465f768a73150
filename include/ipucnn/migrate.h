#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/import.h"
#include "ipucnn/imported_job.h"
#include "ipucnn/job.h"

namespace ipucnn {

/// An option of a job, as another release of its application has it.
struct MigratedOption {
  std::string key;
  Value value;
};

/// What somebody set of a job's options, as the other release has it, in order. Reports each option
/// that is called otherwise (K045), has no counterpart (K047), or keeps a default that is another
/// one there, which is then written out (K045). The places are those of `from`.
std::vector<MigratedOption> migrate_options(const JobStep& from, const AppSchema& to,
                                            Diagnostics& out);

/// The options as a preset of ours: a file with this one entry, in a group of the application's
/// presets (empty: the main one).
std::string migrated_preset(const std::vector<MigratedOption>& options, const AppSchema& to,
                            std::string_view group, std::string_view name);

/// A value that a command has from elsewhere in its text, such as `{bs}` of a benchmark.
struct ValueElsewhere {
  Span at;             ///< where the command uses it
  std::string hole;    ///< what stands there: "{bs}", "$BS"
  std::string before;  ///< the value
  std::string after;   ///< what it has to be
  bool quoted;         ///< a shell keeps it one word
};

/// What has to be put in the places of a command's own words so that it is one of the other
/// release, and which values have to become others where they are set.
struct MigratedWords {
  std::vector<Edit> edits;
  std::vector<ValueElsewhere> elsewhere;
  /// A word to be edited that the command has from elsewhere, so that it stays as it is.
  std::optional<Span> in_the_way{};
};
/// The text that a command stands in.
struct CommandText {
  const Sources& sources;
  CommandSource kind;
  bool has_parameters;  ///< a benchmark puts its parameters in between braces
};
/// Reports why where the command has to stay. `has_preset`: the other release knows the command's
/// preset, under its name. Of one that it does not know all options are written out.
MigratedWords migrated_words(const ImportedJob& command, const JobStep& from, const AppSchema& to,
                             bool has_preset, const CommandText& text, Diagnostics& out);

/// The edits of those values where a benchmark's entry (of `root`, the file; absent for other
/// texts) gives its parameters and variables, or a shell text sets them. Reports what is not found
/// there, which stays.
std::vector<Edit> migrated_parameters(const ImportedJob& command,
                                      const std::vector<ValueElsewhere>& values, Node root,
                                      const Sources& sources, Diagnostics& out);

/// Reports what is not the same at the other release (K046): the job's figures, and the values that
/// its script works with, of options that both have.
void compare_jobs(const JobStep& before, const JobStep& after, Span at, Diagnostics& out);

}  // namespace ipucnn
