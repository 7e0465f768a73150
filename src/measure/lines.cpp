#include <algorithm>
#include <cstring>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A tag at the beginning of a text: "[1,12]<stdout>:".
struct Tag {
  enum class Kind : std::uint8_t { None, Unfinished, Whole };
  Kind kind = Kind::None;
  std::size_t size = 0;
  std::int64_t rank = 0;
  std::int8_t stream = 0;
};

/// Reads digits from `at` on; false when there are none, or more than any rank has.
bool skip_digits(std::string_view text, std::size_t& at) {
  constexpr std::size_t kMost = 9;
  const std::size_t from = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at > from && at - from <= kMost;
}

Tag read_tag(std::string_view text) {
  const Tag unfinished{Tag::Kind::Unfinished, 0, 0, 0};
  std::size_t at = 1;
  if (at == text.size()) return unfinished;
  if (!skip_digits(text, at)) return {};
  if (at == text.size()) return unfinished;
  if (text[at++] != ',') return {};
  if (at == text.size()) return unfinished;
  const std::size_t rank_at = at;
  if (!skip_digits(text, at)) return {};
  std::int64_t rank = 0;
  for (std::size_t i = rank_at; i < at; ++i) rank = rank * 10 + (text[i] - '0');
  std::int8_t stream = 0;
  for (const std::string_view end : {"]<stdout>:", "]<stderr>:", "]<stddiag>:"}) {
    ++stream;
    const std::string_view rest = text.substr(at, end.size());
    if (rest == end) return {Tag::Kind::Whole, at + end.size(), rank, stream};
    if (rest.size() < end.size() && end.substr(0, rest.size()) == rest) return unfinished;
  }
  return {};
}

}  // namespace

LineCounts& LineCounts::operator+=(const LineCounts& other) {
  tags += other.tags;
  tagged_bytes += other.tagged_bytes;
  untagged_bytes += other.untagged_bytes;
  overlong += other.overlong;
  overlong_bytes += other.overlong_bytes;
  return *this;
}

void LineReader::feed(std::string_view bytes, const LineSink& sink) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::move(pending_);
    joined += bytes;
    bytes = joined;
    pending_.clear();
  }
  while (!bytes.empty()) {
    if (const std::size_t size = at_start_ ? whole_line(bytes, sink) : 0; size > 0) {
      skip(bytes, size);
      continue;
    }
    at_start_ = false;
    const std::size_t plain = std::min(bytes.find_first_of("\n\r["), bytes.size());
    take(bytes.substr(0, plain));
    skip(bytes, plain);
    if (bytes.empty()) return;
    if (bytes.front() != '[') {
      finish_part(now_, parts_[now_], sink);
      // Behind LF mpirun writes the tag anew, so text without one is nobody's. Behind CR it does
      // not.
      at_start_ = bytes.front() == '\n';
      if (at_start_) now_ = {};
      skip(bytes, 1);
      continue;
    }
    const Tag tag = read_tag(bytes);
    if (tag.kind == Tag::Kind::Unfinished) {
      pending_ = bytes;
      return;
    }
    if (tag.kind == Tag::Kind::Whole) ++counts_.tags;
    if (tag.kind == Tag::Kind::Whole)
      now_ = {true, tag.rank, tag.stream};
    else
      take(bytes.substr(0, 1));
    skip(bytes, tag.kind == Tag::Kind::Whole ? tag.size : 1);
  }
}

/// A line that stands whole in the bytes, with a tag at most in front, which is how nearly all of
/// them come. Its size with its end; 0 where it has to be looked at piece by piece.
std::size_t LineReader::whole_line(std::string_view bytes, const LineSink& sink) {
  const void* const found = std::memchr(bytes.data(), '\n', bytes.size());
  if (found == nullptr) return 0;
  const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
  const std::string_view line = bytes.substr(0, end);
  if (line.find('\r') != line.npos) return 0;
  Tag tag;
  if (!line.empty() && line.front() == '[') tag = read_tag(bytes);
  const bool tagged = tag.kind == Tag::Kind::Whole;
  const std::string_view text = line.substr(tag.size);
  for (std::size_t at = text.find('['); at != text.npos; at = text.find('[', at + 1))
    if (read_tag(bytes.substr(tag.size + at)).kind == Tag::Kind::Whole) return 0;
  const Key key{tagged, tag.rank, tag.stream};
  if (text.size() > kLongestLine) return 0;
  if (open_parts_ > 0)
    if (const auto part = parts_.find(key);
        part != parts_.end() && (part->second.overlong || !part->second.text.empty()))
      return 0;
  const auto size = static_cast<std::int64_t>(text.size());
  counts_.tags += tagged ? 1 : 0;
  (tagged ? counts_.tagged_bytes : counts_.untagged_bytes) += size;
  if (!text.empty())
    sink({stream_, at_ + static_cast<std::int64_t>(tag.size), tag.rank, tagged, text});
  return end + 1;
}

void LineReader::skip(std::string_view& bytes, std::size_t count) {
  bytes.remove_prefix(count);
  at_ += static_cast<std::int64_t>(count);
}

void LineReader::finish(const LineSink& sink) {
  take(std::exchange(pending_, {}));
  for (auto& [key, part] : parts_) finish_part(key, part, sink);
}

void LineReader::take(std::string_view text) {
  if (text.empty()) return;
  (now_.tagged ? counts_.tagged_bytes : counts_.untagged_bytes) +=
      static_cast<std::int64_t>(text.size());
  Part& part = parts_[now_];
  if (part.text.empty() && !part.overlong) {
    part.offset = at_;
    ++open_parts_;
  }
  if (!part.overlong && part.text.size() + text.size() > kLongestLine) {
    part.overlong = true;
    counts_.overlong_bytes += static_cast<std::int64_t>(part.text.size());
    part.text.clear();
  }
  if (part.overlong)
    counts_.overlong_bytes += static_cast<std::int64_t>(text.size());
  else
    part.text += text;
}

void LineReader::finish_part(const Key& key, Part& part, const LineSink& sink) {
  if (part.text.empty() && !part.overlong) return;
  if (part.overlong) ++counts_.overlong;
  if (!part.text.empty()) sink({stream_, part.offset, key.rank, key.tagged, part.text});
  part = {};
  --open_parts_;
}

}  // namespace ipucnn
