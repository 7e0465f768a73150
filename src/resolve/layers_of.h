#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ipucnn/resolve.h"

namespace ipucnn::resolving {

/// What one layer says of one option.
struct Said {
  std::string_view key;          ///< stands in a file, the descriptor or a word of the input
  std::uint32_t number = kNone;  ///< of the option; kNone where no script has it
  Span key_at;
  Node node;                   ///< the value as a file has it; absent where `value` is set
  std::optional<Value> value;  ///< the value as words or a variable give it
  Origin origin;
  FactName name() const { return {key, number}; }
  /// What is said of a key that the script does not have.
  enum class Unknown : std::uint8_t { Silent, OfNoScript, OfThisScript };
  Unknown unknown = Unknown::Silent;
  bool takes_away = false;   ///< what weaker layers said does not count
  bool unless_same = false;  ///< says nothing where the option has this value anyway
};

/// All that is said of the application's options but for the words of the command line, weakest
/// first: preset (unless it `is_read`), purpose, placeholders of a job or profile, DATA_DIR, site,
/// profile, job, the step before, --set and --unset. Both passes of the resolution fold over it.
/// Reports what is wrong with the words of --set.
std::vector<Said> layers_of(const ResolveInput& in, bool is_read, Diagnostics& out);

}  // namespace ipucnn::resolving
