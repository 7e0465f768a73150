#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "import/command.h"
#include "import/job_tree.h"
#include "import/launcher.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn::importing {

/// How many processes a line of mpirun's starts: so many on each host where an option says so, else
/// one for each slot of its hosts, else one for each core of the machine.
class MpirunProcesses {
 public:
  /// Takes an option that says how many go on each host; a second one that says another number is
  /// reported at `option_at`. False when it is another option.
  bool take(const load::LauncherOption& option, Span option_at, Span value_at,
            std::string_view launcher, Diagnostics& out);
  /// A host of `--host`, of which the slots behind a colon are taken away: `host:4`.
  void take_slots(std::string& host);

  /// Writes `instances` into `launch` where the line's own -np is silent, or holds the two to each
  /// other. Without hosts a line that is `queued` runs on those that a scheduler hands out. False
  /// when the number follows from what is not known here: a file of hosts, these, the machine.
  bool write_instances(const CommandLine& line, const LauncherFigures& figures, bool queued,
                       JobNode& launch, Diagnostics& out) const;

 private:
  void compare(std::optional<std::int64_t> all, std::int64_t hosts, std::string_view launcher,
               Diagnostics& out) const;

  std::int64_t each_host_ = 0;  // 0: not said
  Span each_host_at_;
  std::int64_t slots_ = 0;  // of all hosts that are listed
};

}  // namespace ipucnn::importing
