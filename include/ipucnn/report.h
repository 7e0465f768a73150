#pragma once

#include <optional>
#include <string>

#include "ipucnn/measure.h"

namespace ipucnn {

/// What came of a step, for people: its proof and every rate, each with n, its spread and what was
/// left out. Ends with the label, where there is one. Every line is indented and ends with a line
/// end; empty when the step has no figures.
std::string report_text(const Measurement& measured, const std::optional<std::string>& label);

}  // namespace ipucnn
