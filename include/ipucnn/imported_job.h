#pragma once

#include <string>
#include <vector>

#include "ipucnn/import.h"
#include "ipucnn/job_inputs.h"

namespace ipucnn {

/// The commands of a text, which is read as what its name and how it begins tell.
std::vector<ImportedJob> commands_of(JobInputs& inputs, SourceId source, ImportRequest request);

/// The request of a command that was read: its words, and behind them those of `words` when the
/// command does not stand on our own command line. `found` is what was said of its text.
JobRequest request_of(const ImportedJob& command, const JobRequest& words, const Diagnostics& found,
                      const Sources& sources);

/// Whether a word of the command can be told only by a shell, so that whatever hangs on it would be
/// judged wrongly. `found` is what was said of its text.
bool has_unread_word(const ImportedJob& command, const Diagnostics& found);

/// Says of each value that only a shell can tell that a job cannot hold it. Whether there is one.
bool report_open_values(const ImportedJob& command, Diagnostics& out);

/// Whether some of the command is not known, so that it could not be checked.
bool is_unread(const ImportedJob& command, const Diagnostics& of_text, const Diagnostics& resolved);

/// Whether an error, or what is not read, stands in the command or was found when it was resolved.
bool is_faulty(const ImportedJob& command, const Diagnostics& of_text, const Diagnostics& resolved);

/// Reports what a plan of the resolved command has and the command has not, and the other way
/// round. Call it only when there is no finding of error severity on it.
void compare_with_line(const ImportedJob& command, const JobPoint& point, const Catalog& catalog,
                       Diagnostics& out);

/// A command whose job is legal, and the job.
struct ResolvedCommand {
  const ImportedJob* command;
  Job job;
};
struct ResolvedCommands {
  std::vector<ResolvedCommand> legal;
  std::vector<std::string> left_out;  ///< FILE:LINE of the others
  Diagnostics findings;               ///< of all of them, and of reading them
};
/// Resolves each, with `words` behind its own (see request_of), and holds it to its line. The
/// suppressions are those of `words`.
ResolvedCommands resolve_commands(const JobInputs& inputs, const std::vector<ImportedJob>& commands,
                                  const JobRequest& words);

/// The script's options as a job holds them: what is no number for the script stays a text.
Settings job_options(const JobStep& step);

}  // namespace ipucnn
