#pragma once

#include "base/packed_text.h"

namespace ipucnn::reporting {

/// Chart.js with its licence, and behind it src/report/charts.js, which gives the pictures of a
/// page zoom and hover. Empty where Chart.js was not there when the program was built.
PackedText chart_script();

}  // namespace ipucnn::reporting
