#include "run/try_output.h"

#include <algorithm>
#include <utility>

namespace ipucnn::running {
namespace {

// So much is looked at while the job waits. A job that writes faster fills its pipe meanwhile, so
// that the next piece is larger and is left for later.
constexpr std::size_t kAtOnce = std::size_t{16} * 1024;
constexpr std::size_t kPiece = std::size_t{64} * 1024;
// A job that never pauses is looked at from time to time.
constexpr std::chrono::milliseconds kBetweenLooks(50);
constexpr std::chrono::milliseconds kUntilRoom(20);
constexpr std::chrono::seconds kLongestHeld(1);
// A terminal that cannot follow gets the end of what was written.
constexpr std::int64_t kMostUnshown = std::int64_t{1} << 20;

}  // namespace

TryOutput::TryOutput(TryLog& log, Watcher& watcher, const Measurement& measured, const Time& began,
                     Look look)
    : log_(log),
      watcher_(watcher),
      measured_(measured),
      began_(began),
      look_(std::move(look)),
      last_look_(began) {}

void TryOutput::take(const Bytes& bytes, Time at) {
  log_.bytes(bytes, std::chrono::duration<double>(at - began_).count());
  if (!log_.keeps_streams()) {
    catch_up();
    look_(bytes, at);
    watcher_.bytes(bytes, measured_, at);
    return;
  }
  if (unread_.empty() && bytes.bytes.size() <= kAtOnce)
    look_(bytes, at);
  else
    unread_.add(bytes, at);
  if (unshown_.empty() && watcher_.has_room(bytes.stream))
    watcher_.bytes(bytes, measured_, at);
  else
    unshown_.add(bytes, at);
}

void TryOutput::work(bool idle, Time now) {
  show_more();
  if (!unread_.empty() && (idle || now - last_look_ >= kBetweenLooks)) {
    look_at_more();
    last_look_ = now;
  }
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const auto since = log_.holds_since();
  if (since && (idle || seconds - *since >= 1)) log_.flush(seconds);
}

std::optional<Time> TryOutput::next(Time now) const {
  if (!unread_.empty()) return now;
  if (!unshown_.empty()) return has_room() ? now : now + kUntilRoom;
  const auto since = log_.holds_since();
  if (!since) return std::nullopt;
  return began_ +
         std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(*since)) +
         kLongestHeld;
}

bool TryOutput::waits_for_room() const {
  return unread_.empty() && !unshown_.empty() && !has_room();
}

std::int64_t TryOutput::leave() {
  const std::int64_t unread = unread_.bytes();
  unread_ = {};
  unshown_ = {};
  return unread;
}

/// What came before the log broke stands in it.
void TryOutput::catch_up() {
  while (!unread_.empty()) look_at_more();
  while (!unshown_.empty()) {
    const Time at = unshown_.first().at;
    watcher_.bytes(read(unshown_, kPiece), measured_, at);
  }
}

void TryOutput::look_at_more() {
  const Time at = unread_.first().at;
  look_(read(unread_, kAtOnce), at);
}

void TryOutput::show_more() {
  skip();
  // One piece at a time: a file takes any number of them.
  if (unshown_.empty() || !has_room()) return;
  const Time at = unshown_.first().at;
  watcher_.bytes(read(unshown_, kPiece), measured_, at);
}

void TryOutput::skip() {
  if (unshown_.bytes() <= kMostUnshown) return;
  while (unshown_.bytes() > static_cast<std::int64_t>(kPiece)) {
    const Backlog::Range first = unshown_.first();
    if (!watcher_.may_skip(first.stream)) break;
    const std::int64_t most =
        std::min(first.size, unshown_.bytes() - static_cast<std::int64_t>(kPiece));
    unshown_.drop(most);
    watcher_.skipped(first.stream, most);
  }
}

Bytes TryOutput::read(Backlog& backlog, std::size_t most) {
  const Backlog::Range first = backlog.first();
  buffer_.resize(kPiece);
  most = std::min({most, buffer_.size(), static_cast<std::size_t>(first.size)});
  const std::size_t size = log_.read_back(first.stream, first.offset, {buffer_.data(), most});
  backlog.drop(size > 0 ? static_cast<std::int64_t>(size) : first.size);
  return {first.stream, first.offset, {buffer_.data(), size}};
}

}  // namespace ipucnn::running
