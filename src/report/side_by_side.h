#pragma once

#include <string>
#include <vector>

#include "ipucnn/report.h"

namespace ipucnn::reporting {

/// A section of HTML with the curves of several runs in one picture for each metric that more than
/// one of them printed at least twice; empty where there is none.
std::string side_by_side_html(const std::vector<StepReport>& steps);

}  // namespace ipucnn::reporting
