#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "ipucnn/tree.h"

namespace ipucnn::load {

/// Sums up a document's events, so that two readers can be held to each other without keeping what
/// either has read.
class EventDigest {
 public:
  /// The words for null count as nothing, because yaml-cpp does not say which one it read.
  void scalar(std::string_view value, bool quoted) {
    mix(quoted ? 2 : 1);
    if (!quoted && plain_scalar_type(value) == ScalarType::Null) value = {};
    mix(value.size());
    std::uint64_t part = 0;
    while (value.size() >= sizeof part) {
      std::memcpy(&part, value.data(), sizeof part);
      mix(part);
      value.remove_prefix(sizeof part);
    }
    part = 0;
    if (!value.empty()) std::memcpy(&part, value.data(), value.size());
    mix(part);
  }
  void alias() { mix(3); }
  void open_list() { mix(4); }
  void open_map() { mix(5); }
  void close() { mix(6); }
  /// What follows is summed up by itself, so that parts of a document can be compared as well.
  void next_part() {
    parts_ += sum_;
    sum_ = 0;
  }

  /// Of the part since the last call of next_part().
  std::uint64_t part() const { return sum_; }
  /// Of all parts; their order does not matter.
  std::uint64_t value() const { return parts_ + sum_; }

 private:
  void mix(std::uint64_t part) {
    sum_ = (sum_ ^ part) * 0x9E3779B97F4A7C15U;
    sum_ ^= sum_ >> 29U;
  }

  std::uint64_t sum_ = 0;
  std::uint64_t parts_ = 0;
};

}  // namespace ipucnn::load
