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

/// The legal points of a job in their order. A whole plan names the user's files that it was made
/// from.
std::vector<PlannedPoint> plans_of(const Job& job, PlanDetail detail, const JobInputs& inputs);

/// Tells each plan what a start would not let pass: `request` is resolved once more for a start.
void find_blocked(const JobRequest& request, const JobInputs& inputs,
                  std::vector<PlannedPoint>& planned);

}  // namespace ipucnn
