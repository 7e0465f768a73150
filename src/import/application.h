#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "import/command.h"

namespace ipucnn::importing {

/// What a command runs, as far as script, options and launcher tell.
struct FoundApplication {
  std::string id;  ///< NAME@RELEASE
  std::string purpose;
  std::string launcher;  ///< that the purpose takes the command's for
  std::string preset;    ///< as written; empty: none
  Span preset_at;
  bool preset_known = false;
  bool telling = false;          ///< some word is this application's and hardly another's
  bool release_guessed = false;  ///< another release fits as well
};

/// Every application that can be read.
class KnownApplications {
 public:
  explicit KnownApplications(const Catalog& catalog);

  /// The one that has this script (for a command without one: the script that is missing) and most
  /// of the options; absent when none has it. Remembers which applications the commands of a text
  /// tell of.
  void recognise(const CommandLine& line, const std::vector<ShellLoop>& loops,
                 const ImportRequest& request, const Places& places,
                 std::optional<FoundApplication>& found);
  /// Whether the command, or another of the same text, tells that it is this application's.
  bool is_recognised(const FoundApplication& found) const;
  const AppSchema& schema(const FoundApplication& found) const;
  std::vector<std::string> scripts() const;
  std::vector<std::string> names() const;  ///< NAME@RELEASE

 private:
  std::optional<FoundApplication> find(const CommandLine& line, AppId asked,
                                       const Places& places) const;
  bool resembles_preset(std::string_view name, const FoundApplication& found) const;

  const Catalog& catalog_;
  std::vector<std::pair<std::string, AppSchema>> schemas_;  ///< by NAME@RELEASE
  std::set<std::string, std::less<>> recognised_;           ///< names without release
};

/// An option word without its value, with hyphens for underscores.
std::string flag_of(const ShellWord& word);

/// The value of an option among the script's words; absent when it is not there.
std::optional<Word> option_value(const CommandLine& line, std::string_view flag,
                                 const Places& places);

}  // namespace ipucnn::importing
