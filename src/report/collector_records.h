#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ipucnn::reporting {

/// Takes lines out of the JSON objects that a collector of logs keeps each of them in, one a line,
/// as docker's json-file driver, fluentd and `journalctl -o json` write them. A log that does not
/// begin with such a record goes through as it is.
class CollectorRecords {
 public:
  using Sink = std::function<void(std::string_view)>;
  explicit CollectorRecords(Sink sink) : sink_(std::move(sink)) {}

  void feed(std::string_view piece);
  void finish();  ///< a last line without an end

 private:
  enum class Kind : std::uint8_t { Unknown, Plain, Records };
  bool take_first();
  void give(std::string_view line);

  Sink sink_;
  Kind kind_ = Kind::Unknown;
  std::string pending_;  ///< the beginning of a line
};

}  // namespace ipucnn::reporting
