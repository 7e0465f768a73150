#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ipucnn/schema.h"

namespace ipucnn {

/// A figure that a script prints, as its descriptor tells it from other text.
struct MetricSpec {
  std::string_view name;
  std::string_view line;    ///< only lines that hold this; empty: every line
  std::string_view before;  ///< literal text; blanks between it and the value do not count
  std::string_view after;   ///< literal text that follows the value at once
  std::string_view unit;
  bool covers_all = true;          ///< the figure is of all instances, so they are never added up
  std::int64_t discard_first = 0;  ///< values of each instance that do not count
};

/// What proves that a step did its work, since a script can end well without.
struct ProofSpec {
  enum class Kind : std::uint8_t { ExitStatus, Metric, Text };
  Kind kind = Kind::ExitStatus;
  std::string_view what;  ///< the metric's name, or the text that has to be printed
};

/// The metrics of one script under one launcher, in the descriptor's order.
std::vector<MetricSpec> metrics_of(const AppSchema& schema, std::string_view script,
                                   std::string_view launcher);

/// The proof under the options in force: `proof_when` of the script, else `proof` of the purpose,
/// else that of the script, else the exit status.
ProofSpec proof_of(const AppSchema& schema, const PurposeSpec& purpose, const Facts& facts);

}  // namespace ipucnn
