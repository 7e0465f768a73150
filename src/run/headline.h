#pragma once

#include <vector>

#include "ipucnn/run.h"

namespace ipucnn::running {

/// The figure that proves a step stands for it where runs are listed, in place of that of an
/// earlier try; none where there is none.
void keep_headline(const Step& step, const StepResult& ended, std::vector<HeadlineFigure>& figures);

}  // namespace ipucnn::running
