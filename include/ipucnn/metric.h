#pragma once

#include <string_view>
#include <vector>

#include "ipucnn/plan.h"
#include "ipucnn/schema.h"

namespace ipucnn {

/// The metrics of one script under one launcher, in the descriptor's order.
std::vector<MetricPattern> metrics_of(const AppSchema& schema, std::string_view script,
                                      std::string_view launcher);

/// The proof under the options in force: `proof_when` of the script, else `proof` of the purpose,
/// else that of the script, else the exit status.
ProofPattern proof_of(const AppSchema& schema, const PurposeSpec& purpose, const Facts& facts);

/// Gives a step of a plan that was read the patterns that the descriptor has for it now, under the
/// settings that the plan holds.
void take_patterns(const AppSchema& schema, Step& step);

}  // namespace ipucnn
