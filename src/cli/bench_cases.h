#pragma once

#include <optional>

#include "cli/input_files.h"
#include "ipucnn/campaign_cases.h"

namespace ipucnn::cli {

/// What cases are made with that these words ask for: `words` are theirs, suppressions among them.
CaseInput case_input(const InputFiles& files, const SplitArgv& split, JobRequest words,
                     Occasion occasion);

/// Reads the files that the words name and plans the jobs and entries that the others choose:
/// without a file those of the project, and by their names the built-in ones as well. Absent with
/// `status` set when a file cannot be read or is wrong, which is said.
std::optional<CampaignCases> bench_cases(InputFiles& files, const SplitArgv& split,
                                         const Streams& streams, Occasion occasion, int& status);

}  // namespace ipucnn::cli
