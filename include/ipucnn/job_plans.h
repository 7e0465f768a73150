#pragma once

#include <vector>

#include "ipucnn/job_inputs.h"

namespace ipucnn {

/// A legal point and its plan. It looks into the job.
struct PlannedPoint {
  const JobPoint* point;
  JobPlan plan;

  /// Where somebody named the folder that the next step starts from; line 0 when nobody did.
  Span output_at() const;
};

/// The folder of runs that a point's job names, else its site, else `defaults`; empty: none does.
std::string runs_dir_of(const JobPoint& point, const JobInputs& inputs);
/// The same where there is no job.
std::string runs_dir_of(const JobRequest& request, const JobInputs& inputs);

/// An SDK of the site that is in force.
struct SiteSdk {
  std::string release;              ///< of the Poplar SDK; empty: not told
  std::vector<std::string> enable;  ///< scripts that are sourced, in this order
  std::string venv;                 ///< folder of a virtual environment; empty: none
};
/// The SDK of this name. `error` says why there is none. Scripts are started only for what stands
/// in a file of the user's own or the system's, or in one that was named, since others may come
/// with a checkout.
std::optional<SiteSdk> find_sdk(const JobRequest& request, const JobInputs& inputs,
                                std::string_view name, std::string& error);

/// The legal points of a job in their order. A whole plan names the user's files that it was made
/// from.
std::vector<PlannedPoint> plans_of(const Job& job, PlanDetail detail, const JobInputs& inputs);

/// Tells each plan what a start would not let pass: `request` is resolved once more for a start.
void find_blocked(const JobRequest& request, const JobInputs& inputs,
                  std::vector<PlannedPoint>& planned);

}  // namespace ipucnn
