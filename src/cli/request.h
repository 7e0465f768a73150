#pragma once

#include "cli/split_argv.h"
#include "ipucnn/find_equivalents.h"
#include "ipucnn/job.h"
#include "ipucnn/via.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {

/// What the words of a command line ask for. Suppressions are not in it: those of files are known
/// only when the files were read.
JobRequest request_of(const SplitArgv& split);

/// As --via says.
Via via_of(const SplitArgv& split);

/// --micro-batch and its like, once they are judged.
AskedFigures asked_figures(const SplitArgv& split);

/// --format, else the first of the command's formats.
std::string_view format_of(const SplitArgv& split);
/// The same where it is text or json.
ViewFormat view_format(const SplitArgv& split);

}  // namespace ipucnn::cli
