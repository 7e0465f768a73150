#pragma once

#include <optional>
#include <string>

#include "ipucnn/kept_runs.h"
#include "ipucnn/system_machine.h"

namespace ipucnn {

// What another process than the one that started a run does with it. Where a scheduler has the run
// and nobody follows it, whoever asks goes on with it and finishes its record; a signal then ends
// us, and leaves the run to whoever follows it next.

/// What is said of a run whose scheduler we have no backend for.
std::string unknown_scheduler(const KeptRecord& run);

/// The run as it is: one that nobody follows with its end where all is over that its scheduler has
/// of it, which takes no time. `error` says why that could not be written.
KeptRecord settled(const KeptRecord& run, const MachineSource& machines, std::string& error);

/// Tells what a run puts out up to its end, or as far as it is. Its record at that time; absent,
/// with the reason, when it cannot be read or gone on with.
enum class Until : bool { Now, TheEnd };
std::optional<KeptRecord> follow(const KeptRecord& run, Until until, Watcher& watcher,
                                 const MachineSource& machines, std::string& error);

/// The record of a run that has ended, which is waited for. Absent as with follow.
std::optional<KeptRecord> wait_for_end(KeptRecord run, const MachineSource& machines,
                                       std::string& error);

/// How far an end reaches where one process looks after several runs in turn or beside each other.
enum class Reach : bool { AllRunsOfItsProcess, ThisRun };

/// Ends a run that goes on, and waits for it. Absent when that cannot be done: `error` says why,
/// and `refused` is set where it is not ours to end.
std::optional<KeptRecord> cancel_run(const KeptRecord& run, Reach reach, Watcher& watcher,
                                     const MachineSource& machines, bool& refused,
                                     std::string& error);
/// Whether a run that was cancelled came to no other end.
bool was_cancelled(const KeptRecord& run);

/// In the folder of a run that is to end while its process goes on with others. A process that does
/// not look for it ends with all of them.
inline constexpr const char* kCancelRequest = "cancel-this-run";
/// For the process that looks after a run and was told to end by SIGTERM: whether it was told so
/// for this run alone. It is told once.
bool take_cancel_request(const std::string& run_folder);

}  // namespace ipucnn
