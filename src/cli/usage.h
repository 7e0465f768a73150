#pragma once

#include "cli/options.h"
#include "cli/split_argv.h"
#include "ipucnn/diagnostic.h"

namespace ipucnn::cli {

/// Judges and converts the values of our options as options.def says, and how often and with which
/// others they stand; numbers are put beside their words. What is wrong is reported at its word
/// (U001).
void judge_options(SplitArgv& split, const CommandRow& command, Diagnostics& out);

/// Whether the words that are not ours can be taken by the command: words that stand before it,
/// more words than it takes, options where no application is spoken of.
void judge_words(const SplitArgv& split, const CommandRow* command, Diagnostics& out);

/// The same findings; an error at a word of the application's that is near an option of ours says
/// so.
Diagnostics with_own_names(const Diagnostics& findings, const SplitArgv& split);

}  // namespace ipucnn::cli
