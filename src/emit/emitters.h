#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/emit.h"
#include "ipucnn/plan.h"

namespace ipucnn::emitting {

#define EMITTER(name, function, several) std::vector<Artifact> function(const JobPlan& plan);
#include "emit/emitters.def"
#undef EMITTER

// The formats that hold several plans as one; the others are written one by one.
std::vector<Artifact> emit_shell_plans(const std::vector<JobPlan>& plans);
std::vector<Artifact> emit_json_plans(const std::vector<JobPlan>& plans);

/// The same for a word of a plan; variables double quoted.
std::string shell_quote(const Arg& arg);

}  // namespace ipucnn::emitting
