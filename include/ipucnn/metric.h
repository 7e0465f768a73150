#pragma once

#include <string_view>
#include <vector>

#include "ipucnn/plan.h"
#include "ipucnn/schema.h"

namespace ipucnn {

/// The metrics of one script (empty: of all) under one launcher, in the descriptor's order.
std::vector<MetricPattern> metrics_of(const AppSchema& schema, std::string_view script,
                                      std::string_view launcher);

/// The proof under the options in force: `proof_when` of the script, else `proof` of the purpose,
/// else that of the script, else the exit status.
ProofPattern proof_of(const AppSchema& schema, const PurposeSpec& purpose, const Facts& facts);

/// The phases of a script in their order.
std::vector<PhasePattern> phases_of(const AppSchema& schema, std::string_view script);

/// The messages of a script, and behind them those of the software that the application and its
/// launcher name (`defaults: messages:`). Of several with one id the first stands.
std::vector<MessagePattern> messages_of(const Catalog& catalog, const AppSchema& schema,
                                        std::string_view script, std::string_view launcher);

/// Absent when the script tells nothing of its checkpoints.
std::optional<CheckpointPattern> checkpoints_of(const AppSchema& schema, std::string_view script);

/// The csv files that a script (empty: any) writes under a launcher and these options.
std::vector<CsvPattern> csv_files_of(const AppSchema& schema, std::string_view script,
                                     std::string_view launcher, const Facts& facts);

/// Gives a step of a plan that was read the patterns that the descriptor has for it now, under the
/// settings that the plan holds.
void take_patterns(const Catalog& catalog, const AppSchema& schema, Step& step);

}  // namespace ipucnn
