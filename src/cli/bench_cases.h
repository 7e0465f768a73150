#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/benchmark_file.h"
#include "ipucnn/campaign.h"

namespace ipucnn::cli {

/// What a suite is made of.
struct BenchCases {
  std::vector<CampaignCase> cases;    ///< that were chosen, illegal ones among them
  std::vector<std::string> left_out;  ///< entries that take days, and that nobody named
  Diagnostics findings;
  std::vector<std::unique_ptr<BenchmarkFile>> files{};  ///< that make the work of their cases
};

/// Reads the files that the words name and plans the jobs and entries that the others choose:
/// without a file those of the project, and by their names the built-in ones as well. Absent with
/// `status` set when a file cannot be read or is wrong, which is said.
std::optional<BenchCases> bench_cases(InputFiles& files, const SplitArgv& split,
                                      const Streams& streams, Occasion occasion, int& status);

/// The points of a job as cases of this name and what tells each from the others.
void add_points(const Job& job, const std::string& name, Span at, const InputFiles& files,
                const SplitArgv& split, BenchCases& out);

}  // namespace ipucnn::cli
