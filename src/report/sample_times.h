#pragma once

#include <string>
#include <vector>

#include "ipucnn/report.h"

namespace ipucnn::reporting {

/// StepReport::seconds as a try's samples.csv has them. Empty for metrics that it does not know.
std::vector<InstanceSeconds> seconds_of(const std::string& samples_csv,
                                        const std::vector<MetricPattern>& metrics);

/// Whether seconds tell the values of a series apart: there is one for each, and they did not come
/// in a few lumps, as those of a program that buffers its output do.
bool tell_apart(const InstanceSeconds& seconds, const Series& series);

}  // namespace ipucnn::reporting
