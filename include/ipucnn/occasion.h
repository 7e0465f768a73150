#pragma once

#include <cstdint>
#include <optional>

#include "ipucnn/diagnostic.h"

namespace ipucnn {

/// What a job is looked at for. Part of what the checks are asked with: what nobody can know, or
/// what does not count, on an occasion is no finding there.
enum class Occasion : std::uint8_t {
  Files,      ///< presets and jobs as they stand in files: `check`, `lock`
  DryRun,     ///< the command is shown: `run --dry-run`, `show`, `explain`
  Start,      ///< it is started
  Rehearsal,  ///< stand-ins play it, which read no data
  Solve,      ///< its figures are what is asked for
  Import,     ///< a command that was read, as it stands
};

/// How a finding of this severity counts; absent: not at all. The only table of class and occasion.
std::optional<Severity> severity_on(Occasion occasion, FindingClass of, Severity own);

}  // namespace ipucnn
