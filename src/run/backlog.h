#pragma once

#include <cstdint>
#include <deque>

#include "ipucnn/run.h"

namespace ipucnn::running {

/// What a job has written and somebody has yet to look at: places in its logs and when they came,
/// not the bytes.
class Backlog {
 public:
  struct Range {
    Stream stream = Stream::Out;
    std::int64_t offset = 0;
    std::int64_t size = 0;
    Time at;  ///< of its first byte
  };

  void add(const Bytes& bytes, Time at);
  bool empty() const { return ranges_.empty(); }
  std::int64_t bytes() const { return bytes_; }
  /// That is to be looked at next; there is one.
  const Range& first() const { return ranges_.front(); }
  /// So much of the first was looked at, at most its size.
  void drop(std::int64_t bytes);

 private:
  std::deque<Range> ranges_;
  std::int64_t bytes_ = 0;
};

}  // namespace ipucnn::running
