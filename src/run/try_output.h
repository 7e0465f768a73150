#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "run/backlog.h"
#include "run/try_log.h"

namespace ipucnn::running {

/// What a step writes on its way to the log, to the watcher and to whoever looks at its lines. Only
/// the log holds the job back. The two others get small pieces at once; what comes faster than they
/// take it they get from the log, later.
class TryOutput {
 public:
  /// Is given each stream in order, and when the bytes came.
  using Look = std::function<void(const Bytes&, Time)>;

  /// `began`: when the step began to run, which may change while it waits in a queue.
  TryOutput(TryLog& log, Watcher& watcher, const Measurement& measured, const Time& began,
            Look look);

  void take(const Bytes& bytes, Time at);
  /// Works a part of what waits off, for about a millisecond. `idle`: the job has written nothing
  /// meanwhile; otherwise it comes first.
  void work(bool idle, Time now);
  /// When `work` is to be called although nothing came; absent: not before something comes.
  std::optional<Time> next(Time now) const;

  bool waits() const { return !unread_.empty() || !unshown_.empty(); }
  /// Whether nothing but room where output is shown is waited for.
  bool waits_for_room() const;
  /// Gives up what waits; how much of it nobody has looked at.
  std::int64_t leave();

 private:
  void catch_up();
  void look_at_more();
  void show_more();
  void skip();
  bool has_room() const { return watcher_.has_room(unshown_.first().stream); }
  /// The next piece of a backlog, of so many bytes at most, from the log; empty where that cannot
  /// be read any more, as when a file server is gone.
  Bytes read(Backlog& backlog, std::size_t most);

  TryLog& log_;
  Watcher& watcher_;
  const Measurement& measured_;
  const Time& began_;
  Look look_;
  Backlog unread_;
  Backlog unshown_;
  Time last_look_;
  std::vector<char> buffer_;
};

}  // namespace ipucnn::running
