#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"

namespace ipucnn::load {

/// How lines for one SDK have the options of a launcher's program, as `spellings:` in
/// `defaults: launchers:` says. Of several files that speak of an option the last one counts.
/// Options are named with their dashes.
class LauncherSpellings {
 public:
  /// `sdk` empty: it is not known, and nothing is said of any option.
  LauncherSpellings(const Catalog& catalog, std::string_view program, std::string_view sdk);

  /// What is said of an option; absent when nothing is.
  Node find(std::string_view option) const;
  /// The option that stands for this one; empty when there is none.
  std::string name_of(std::string_view option) const;
  /// The option's value on a partition of so many IPUs where nobody gives one; empty: none.
  std::string_view usual(std::string_view option, std::int64_t ipus) const;

  /// The release from which on, or below which, there is no such option; empty where it has it.
  std::string_view gone_since(std::string_view option) const;
  std::string_view comes_with(std::string_view option) const;

 private:
  std::string_view sdk_;
  std::vector<Node> tables_;  ///< the last file's first
};

}  // namespace ipucnn::load
