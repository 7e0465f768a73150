#pragma once

#include "import/command.h"
#include "import/job_tree.h"

namespace ipucnn::importing {

/// What a launcher's line says beside its launch settings.
struct LauncherFigures {
  std::optional<Word> replicas;
  std::optional<Word> ipus_per_replica;
  std::size_t hosts = 0;  ///< machines that are listed; 0: none, or a variable holds them
  Span hosts_at;
  bool here = false;              ///< the one host is this one
  bool elsewhere = false;         ///< what an option names holds figures, and is not read
  std::vector<std::string> lost;  ///< options that no job can hold, or that stand twice
};

/// Reads the launcher's options into a job's `launch` settings. `launcher` is the one that the
/// purpose takes the line's for. Reports what is wrong with them and what no job can hold.
LauncherFigures read_launcher(const Catalog& catalog, const CommandLine& line,
                              std::string_view launcher, std::string_view sdk, const Places& places,
                              JobNode& launch, Diagnostics& out);

}  // namespace ipucnn::importing
