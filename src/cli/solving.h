#pragma once

#include <string>

#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/job.h"
#include "ipucnn/solve.h"

// What the two forms of `solve` share.
namespace ipucnn::cli {

/// The words that start the best answer for a step. `preset` is named where the words name none.
std::string command_text(const JobStep& step, const SplitArgv& split, std::string_view preset,
                         const Answer& best);

/// `solve --like JOB`: presets of other applications for the same network and global batch.
int solve_like(const Word& like, const SplitArgv& split, const Streams& streams,
               const World& world);

}  // namespace ipucnn::cli
