#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/compare.h"

namespace ipucnn::reporting {

/// Null when the plan has no step of the name.
const Step* step_of(const JobPlan& plan, std::string_view name);

/// Names, settings, figures and variables that are not the same.
std::vector<PlanDifference> differences_of(const JobPlan& base, const JobPlan& next);

/// Why figures of the two say nothing of each other; empty when they do.
std::string unlike(const JobPlan& base, const JobPlan& next, const std::set<std::string>& across);

}  // namespace ipucnn::reporting
