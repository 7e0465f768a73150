// Runs of a scheduler whose ipucnn is gone: what became of them is asked, and their records
// written.
#include "cli/take_over.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/text.h"
#include "cli/commands.h"
#include "ipucnn/kept_runs.h"

namespace ipucnn::cli {
namespace {

/// Where the run's scheduler is asked; absent where we know none of that name.
std::optional<MachineWanted> machine_of(const KeptRecord& run) {
  const auto via = via_named(run.scheduler);
  if (!via || *via == Via::Local) return std::nullopt;
  MachineWanted wanted(false);
  wanted.via = *via;
  wanted.leaves_signals = true;
  return wanted;
}

}  // namespace

std::string unknown_scheduler(const KeptRecord& run) {
  return fmt::format("{} was handed to '{}', which is no scheduler that is known here",
                     run.folder_name, printable(run.scheduler));
}

std::optional<KeptRecord> take_over(const KeptRecord& run, bool stop, Watcher& watcher,
                                    const Streams& streams, const World& world) {
  const auto wanted = machine_of(run);
  if (!wanted) {
    say(streams, unknown_scheduler(run));
    return std::nullopt;
  }
  std::error_code code;
  const std::string folder =
      std::filesystem::absolute(run.folder, code).lexically_normal().string();
  std::string error;
  world.with_machine(*wanted, [&](Machine& machine) {
    error = follow_run(folder, {}, machine, watcher, stop ? &run : nullptr);
    return kDone;
  });
  auto record = error.empty() ? read_record(run.folder, error) : std::nullopt;
  if (!record) say(streams, error);
  return record;
}

KeptRecord take_over_what_is_over(const KeptRecord& run, const Streams& streams,
                                  const World& world) {
  const auto wanted = machine_of(run);
  if (!wanted) return run;
  bool over = false;
  world.with_machine(*wanted, [&](Machine& machine) {
    over = is_over(run, machine);
    return kDone;
  });
  if (!over) return run;
  Watcher nobody;
  return take_over(run, false, nobody, streams, world).value_or(run);
}

}  // namespace ipucnn::cli
