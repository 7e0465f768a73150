#pragma once

#include <optional>
#include <vector>

#include "import/application.h"
#include "import/documents.h"

namespace ipucnn::importing {

/// A command of the text, with what was known where it stands.
struct MetCommand {
  ShellCommand command;
  std::size_t first = 0;
  CommandLine line;
  Diagnostics findings;  ///< that count when it is one of ours
  std::vector<ShellUnknown> unknown;
  std::optional<ShellUnknown> unknown_folder;
  std::vector<ShellUnknown> open;  ///< values that only a shell can tell
  const CommandText* text = nullptr;
  std::optional<FoundApplication> found;
};

/// Puts in the place of a command that stands in a loop which no sweep can hold a command for each
/// turn. It stays where a word without quotes would come to none or to several, and where it would
/// become more than 64.
std::vector<MetCommand> without_loops(std::vector<MetCommand> commands,
                                      KnownApplications& applications, const ImportRequest& request,
                                      const Places& places);

}  // namespace ipucnn::importing
