#pragma once

#include <bit>
#include <cstdint>
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

/// `quoted_for_shell` for a word of a plan; variables double quoted.
std::string shell_quote(const Arg& arg);

/// A text in double quotes, as every reader of YAML 1.1 takes it.
std::string yaml_quoted(const std::string& text);

/// The size of the smallest partition that holds so many IPUs; it is a power of two.
inline std::int64_t partition_for(std::int64_t ipus) {
  return ipus < 1 ? 0 : static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(ipus)));
}

/// A command for a shell of its own, whose process becomes the program: lines of a script,
/// indented.
std::string exec_text(const Command& command);

}  // namespace ipucnn::emitting
