#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ipucnn/resolve.h"

namespace ipucnn {

/// The options of a script as the script itself has them once it has read its words. It looks at
/// the descriptor and the settings, which outlive it.
class ScriptValues {
 public:
  ScriptValues(const AppSchema& schema, std::string_view script, const Settings& settings);

  /// Absent for an option that there is not, and for one without a value.
  std::optional<std::string> value(std::string_view key) const;
  std::optional<std::int64_t> figure(QuantityName quantity) const;

  /// IPUs that one replica takes, as the launcher has to know them.
  std::int64_t ipus_per_replica() const;

  /// The flag of an option that has to be given and was not; empty when there is none.
  std::string_view missing_option() const;

  std::string dictionary() const;  ///< every option, as Python prints a dictionary
  std::string help() const;        ///< a line for each option

 private:
  const AppSchema& schema_;
  std::string_view script_;
  const Settings& settings_;
  Effective effective_;
};

}  // namespace ipucnn
