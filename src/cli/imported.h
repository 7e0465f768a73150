#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/pipeline.h"
#include "ipucnn/import.h"

namespace ipucnn::cli {

/// Adds a file to the sources when it holds commands. Absent when it is another kind of file; with
/// `usage` set when it cannot be read.
std::optional<SourceId> take_command_text(Pipeline& pipeline, const std::string& path,
                                          std::string& usage);

/// The commands of such a file as jobs.
std::vector<ImportedJob> import_text(Pipeline& pipeline, const SplitArgv& split, SourceId source);

/// What the words of our own options say of an import.
ImportRequest import_request(const SplitArgv& split);

/// Takes the command for the job and resolves it, the user's own words behind the command's. False
/// when that could not be finished, or was not begun as a word of the command is not known (L040).
bool resolve_imported(Pipeline& pipeline, const SplitArgv& split, const ImportedJob& job);

/// Reports what a plan of the resolved command has and the command has not, and the other way
/// round. Call it only when there is no finding of error severity on it. With words of the user's
/// the two are not meant to be the same.
void compare_with_line(Pipeline& pipeline, const SplitArgv& split, const ImportedJob& job);

/// Whether an error, or what is not read, stands in the command or was found from index `from` on.
bool is_faulty(const ImportedJob& job, const Diagnostics& findings, std::size_t from);

}  // namespace ipucnn::cli
