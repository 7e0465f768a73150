#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "import/command.h"

namespace ipucnn::importing {

/// What a command runs, as far as script, options and launcher tell.
struct FoundApplication {
  std::string id;  ///< NAME@RELEASE
  std::string purpose;
  std::string preset;  ///< as written; empty: none
  Span preset_at;
  bool preset_known = false;
};

/// Every application that can be read.
class KnownApplications {
 public:
  explicit KnownApplications(const Catalog& catalog);

  /// The one that has this script (for a command without one: the script that is missing) and most
  /// of the options. Absent when none has it.
  std::optional<FoundApplication> find(const CommandLine& line, AppId asked,
                                       const Places& places) const;
  const AppSchema& schema(const FoundApplication& found) const;
  std::vector<std::string> scripts() const;

 private:
  const Catalog& catalog_;
  std::vector<std::pair<std::string, AppSchema>> schemas_;  ///< by NAME@RELEASE
};

/// An option word without its value, with hyphens for underscores.
std::string flag_of(const ShellWord& word);

/// The value of an option among the script's words; absent when it is not there.
std::optional<Word> option_value(const CommandLine& line, std::string_view flag,
                                 const Places& places);

}  // namespace ipucnn::importing
