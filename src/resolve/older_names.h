#pragma once

#include <string_view>

#include "ipucnn/schema.h"

namespace ipucnn::resolving {

/// What an application's options were called before: the `older_names` of its descriptor. The
/// scripts may still take an older name, or know it no more.
class OlderNames {
 public:
  /// Of the options that one script has under these facts.
  OlderNames(const AppSchema& schema, std::string_view script, const Facts& facts);

  /// The option that replaces the one of this key; null when there is none.
  const OptionSpec* newer_of_key(std::string_view key) const;
  /// The same by `--batch-size`, hyphens and underscores alike.
  const OptionSpec* newer_of_flag(std::string_view flag) const;

 private:
  const AppSchema& schema_;
  std::string_view script_;
  const Facts& facts_;
  Node names_;  ///< older key -> key
};

}  // namespace ipucnn::resolving
