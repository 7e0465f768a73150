#pragma once

#include <string>

#include "cli/pipeline.h"
#include "ipucnn/solve.h"

// What the two forms of `solve` share.
namespace ipucnn::cli {

/// What the solver decides on is no fault of the question; nor is a folder, for nothing starts.
bool settled_by_solving(const Diagnostic& d);

/// --accumulation, on which the pipeline's demand can depend.
std::optional<std::int64_t> asked_accumulation(const SplitArgv& split, Diagnostics& findings);

/// --micro-batch and its like stand above what the preset and the words for the application say.
void take_requests(const SplitArgv& split, SolveSpace& space, Diagnostics& findings);

/// The words that start the best answer for the preset in force.
std::string command_text(const Pipeline& pipeline, const SplitArgv& split, const Answer& best);

/// `solve --like JOB`: presets of other applications for the same network and global batch.
int solve_like(const Word& like, const SplitArgv& split, const Streams& streams,
               const World& world);

}  // namespace ipucnn::cli
