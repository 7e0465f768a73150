#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/emit.h"
#include "ipucnn/plan.h"

namespace ipucnn::emitting {

#define EMITTER(name, function) std::vector<Artifact> function(const JobPlan& plan);
#include "emit/emitters.def"
#undef EMITTER

/// A word as a POSIX shell reads it back: bare where that is safe, else in quotes; variables double
/// quoted.
std::string shell_quote(const Arg& arg);
std::string shell_quote(std::string_view text);

}  // namespace ipucnn::emitting
