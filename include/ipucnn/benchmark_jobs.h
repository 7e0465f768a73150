#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ipucnn/benchmark_spec.h"
#include "ipucnn/import.h"
#include "ipucnn/job.h"
#include "ipucnn/job_inputs.h"

namespace ipucnn {

/// One run of a variant: of several it is that of one combination of what is swept.
struct BenchmarkPoint {
  std::string name;                                        ///< the variant's, and what is swept
  std::optional<JobPlan> plan;                             ///< absent: an error was reported
  Diagnostics findings;                                    ///< that are of this point
  std::string identity;                                    ///< of its request; empty without a plan
  std::vector<std::pair<std::string, Settings>> settings;  ///< of each step, by its name
  std::string runs_dir;  ///< that its site or `defaults` name; empty: none does
};

/// What a variant of a benchmark entry comes to.
struct PlannedBenchmark {
  std::vector<BenchmarkPoint> points;  ///< empty: an error was reported
  /// What the settings' origins point into.
  std::vector<ImportedJob> commands{};
  std::optional<Job> job{};
};

/// Plans a variant. A command of a known application is resolved as an imported one, with `words`
/// behind its own, and has a point for each combination of what they sweep; any other is started as
/// it stands, its plan names no application, and a sweep over it is an error. The figures are the
/// entry's, in front of those of the application. `file` is the entry's, and is in
/// the plan.
PlannedBenchmark plan_benchmark(const JobInputs& inputs, const PlanInputFile& file,
                                const BenchmarkEntry& entry, const BenchmarkVariant& variant,
                                const JobRequest& words, const ImportRequest& request,
                                Occasion occasion, Diagnostics& out);
/// A file with the checksum of its text.
PlanInputFile input_file(const Sources& sources, SourceId source);

}  // namespace ipucnn
