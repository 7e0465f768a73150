#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/run.h"

namespace ipucnn {

// What is done with runs after their start, from their folders alone.

/// Reads a run's logs as they grow: those of the try that runs, or ran last, from their first byte
/// on. A step that begins meanwhile is followed from its first byte.
class RunFollower {
 public:
  explicit RunFollower(std::string folder);
  RunFollower(const RunFollower&) = delete;
  RunFollower& operator=(const RunFollower&) = delete;
  ~RunFollower();

  /// Tells what has come since the last call. False, with the reason, when the run cannot be read.
  bool look(Watcher& watcher, Clock& clock, std::string& error);
  /// As of the last look.
  const KeptRecord& record() const { return record_; }

 private:
  class TryReader;
  std::string folder_;
  KeptRecord record_;
  std::unique_ptr<TryReader> reading_;
};

/// Goes on with a run that its scheduler has and that nobody follows, up to its end; with
/// `to_stop`, its record, what is left of it is taken out of the queue or ended first. Why it could
/// not go on; empty at its end.
std::string follow_run(const std::string& folder, const RunSettings& settings, Machine& machine,
                       Watcher& watcher, const KeptRecord* to_stop = nullptr);
/// Whether all is over that its scheduler has of a run, as far as that knows without waiting.
bool is_over(const KeptRecord& run, Machine& machine);

/// Waits until no process of a run is left on this host, as its guard may still be ending it. False
/// where some are after twice the usual grace.
bool wait_until_gone(const std::string& run_folder);

/// What a run that is over has left on this host.
struct Leavings {
  std::vector<std::int64_t> strays;  ///< processes that bear its mark
  std::uintmax_t bytes = 0;          ///< of the files that it wrote itself
  std::vector<std::string> files;    ///< those
  std::vector<std::string> folders;  ///< its own and those in it, outer ones first
  std::int64_t others = 0;           ///< files that it did not write, as checkpoints
};
Leavings leavings_of(const std::string& run_folder);
void end_strays(const Leavings& left);
/// Deletes what the run itself wrote, and the folders that are empty then.
void delete_own(const Leavings& left);

}  // namespace ipucnn
