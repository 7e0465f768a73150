#pragma once

#include <optional>
#include <string>

#include "cli/streams.h"
#include "ipucnn/record.h"

namespace ipucnn::cli {

/// Goes on with a run that a scheduler has and nobody follows, up to its end. `stop`: what is left
/// of it is taken out of the queue or ended first. The new record; absent, with the reason said,
/// when that cannot be done. A signal ends us and leaves the run to whoever follows it next.
std::optional<KeptRecord> take_over(const KeptRecord& run, bool stop, Watcher& watcher,
                                    const Streams& streams, const World& world);

/// The same when all that its scheduler has of it is over, which takes no time; else the run as it
/// is.
KeptRecord take_over_what_is_over(const KeptRecord& run, const Streams& streams,
                                  const World& world);

/// What is said of a run whose scheduler we have no backend for.
std::string unknown_scheduler(const KeptRecord& run);

}  // namespace ipucnn::cli
