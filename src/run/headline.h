#pragma once

#include <optional>

#include "ipucnn/run.h"

namespace ipucnn::running {

/// The figure that proves a step stands for it where runs are listed; absent where there is none.
std::optional<HeadlineFigure> headline_figure(const Step& step, const StepResult& ended);

}  // namespace ipucnn::running
