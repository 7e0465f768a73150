#include "report/collector_records.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace ipucnn::reporting {
namespace {

constexpr std::size_t kLongest = std::size_t{1} << 20U;  // of a record

/// The text of a record: beside it stands what only a collector knows. Absent for any other line.
std::optional<std::string> text_of(std::string_view line) {
  if (!line.starts_with('{')) return std::nullopt;
  const auto record = nlohmann::ordered_json::parse(line, nullptr, false);
  const auto holds = [&](const char* key) { return record.contains(key); };
  if (!record.is_object() ||
      !(holds("stream") || holds("time") || holds("timestamp") || holds("@timestamp") ||
        holds("date") || holds("kubernetes") || holds("__REALTIME_TIMESTAMP")))
    return std::nullopt;
  for (const char* key : {"log", "MESSAGE", "message", "msg"})
    if (holds(key) && record.at(key).is_string()) return record.at(key).get<std::string>();
  return std::nullopt;
}

}  // namespace

void CollectorRecords::give(std::string_view line) {
  // Docker keeps a line's end, and a longer line than this in several records.
  constexpr std::size_t kPart = std::size_t{16} * 1024;
  auto text = text_of(line);
  const bool goes_on = text && text->size() >= kPart && text->back() != '\n';
  if (!text) text = line;
  if (!goes_on && !text->ends_with('\n')) *text += '\n';
  sink_(*text);
}

/// Once its first line is there; false before.
bool CollectorRecords::take_first() {
  const std::size_t end = pending_.find('\n');
  const bool may_be = pending_.starts_with('{') && pending_.size() < kLongest;
  if (end == pending_.npos && may_be) return false;
  const bool is_record = may_be && text_of(std::string_view(pending_).substr(0, end));
  kind_ = is_record ? Kind::Records : Kind::Plain;
  return true;
}

void CollectorRecords::feed(std::string_view piece) {
  if (kind_ == Kind::Plain) return sink_(piece);
  pending_ += piece;
  if (kind_ == Kind::Unknown && (pending_.empty() || !take_first())) return;
  if (kind_ == Kind::Plain) return sink_(std::exchange(pending_, {}));
  std::size_t at = 0;
  for (std::size_t end = pending_.find('\n'); end != pending_.npos; end = pending_.find('\n', at)) {
    give(std::string_view(pending_).substr(at, end - at));
    at = end + 1;
  }
  pending_.erase(0, at);
  if (pending_.size() > kLongest) sink_(std::exchange(pending_, {}));
}

void CollectorRecords::finish() {
  if (pending_.empty()) return;
  if (kind_ == Kind::Unknown) {
    pending_ += '\n';
    if (!take_first()) kind_ = Kind::Plain;
    pending_.pop_back();
  }
  if (kind_ == Kind::Plain) return sink_(pending_);
  give(pending_);
}

}  // namespace ipucnn::reporting
