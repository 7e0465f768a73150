#include "run/backlog.h"

#include <algorithm>

namespace ipucnn::running {

void Backlog::add(const Bytes& bytes, Time at) {
  const auto size = static_cast<std::int64_t>(bytes.bytes.size());
  if (size == 0) return;
  bytes_ += size;
  // Times are kept as finely as times.csv has them; who is far behind has few of them in memory.
  constexpr std::chrono::milliseconds kNear(20);
  constexpr std::chrono::seconds kFar(1);
  constexpr std::size_t kMany = 1000;
  const auto apart = ranges_.size() < kMany ? std::chrono::milliseconds(kNear) : kFar;
  // Both streams may write by turns.
  const std::size_t looked_at = std::min<std::size_t>(ranges_.size(), 2);
  for (auto it = ranges_.rbegin(); it != ranges_.rbegin() + static_cast<std::ptrdiff_t>(looked_at);
       ++it) {
    if (it->stream != bytes.stream) continue;
    if (it->offset + it->size != bytes.offset || at - it->at >= apart) break;
    it->size += size;
    return;
  }
  ranges_.push_back({bytes.stream, bytes.offset, size, at});
}

void Backlog::drop(std::int64_t bytes) {
  Range& first = ranges_.front();
  bytes = std::min(bytes, first.size);
  bytes_ -= bytes;
  first.offset += bytes;
  first.size -= bytes;
  if (first.size == 0) ranges_.pop_front();
}

}  // namespace ipucnn::running
