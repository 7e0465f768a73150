#include <algorithm>
#include <array>
#include <cstring>

#include "ipucnn/measure.h"
#include "measure/byte_marks.h"

namespace ipucnn {

/// A tag at the beginning of a text: "[1,12]<stdout>:".
struct measuring::Tag {
  enum class Kind : std::uint8_t { None, Unfinished, Whole };
  Kind kind = Kind::None;
  std::size_t size = 0;
  std::int64_t rank = 0;
  std::int8_t stream = 0;
};

namespace {

using measuring::Tag;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads digits from `at` on; false when there are none, or more than any rank has.
bool read_digits(std::string_view text, std::size_t& at, std::int64_t& number) {
  constexpr std::size_t kMost = 9;
  const std::size_t from = at;
  number = 0;
  for (; at < text.size() && is_digit(text[at]); ++at)
    if (at - from < kMost) number = number * 10 + (text[at] - '0');
  return at > from && at - from <= kMost;
}

/// The rest of a tag, "]<stdout>:".
Tag end_of_tag(std::string_view text, std::size_t at, std::int64_t rank) {
  std::int8_t stream = 0;
  for (const std::string_view end : {"]<stdout>:", "]<stderr>:", "]<stddiag>:"}) {
    ++stream;
    const std::string_view rest = text.substr(at, end.size());
    if (rest == end) return {Tag::Kind::Whole, at + end.size(), rank, stream};
    if (rest.size() < end.size() && end.substr(0, rest.size()) == rest)
      return {Tag::Kind::Unfinished, 0, 0, 0};
  }
  return {};
}

Tag read_tag(std::string_view text) {
  const Tag unfinished{Tag::Kind::Unfinished, 0, 0, 0};
  std::size_t at = 1;
  std::int64_t job = 0;
  std::int64_t rank = 0;
  if (at == text.size()) return unfinished;
  if (!read_digits(text, at, job)) return {};
  if (at == text.size()) return unfinished;
  if (text[at++] != ',') return {};
  if (at == text.size()) return unfinished;
  if (!read_digits(text, at, rank)) return {};
  return end_of_tag(text, at, rank);
}

/// The size of a tag of standard output, as nearly all are, with room behind it; else 0.
[[gnu::always_inline]] inline std::size_t read_usual_tag(const char* begin, const char* end,
                                                         std::int64_t& rank) {
  constexpr std::ptrdiff_t kRoom = 32;
  constexpr std::string_view kEnd = "]<stdout>:";
  constexpr int kMost = 4;  // digits
  if (end - begin < kRoom) return 0;
  const char* at = begin + 1;
  while (is_digit(*at) && at - begin <= kMost) ++at;
  if (*at != ',' || at == begin + 1) return 0;
  const char* const digits = ++at;
  std::int64_t number = 0;
  for (; is_digit(*at) && at - digits < kMost; ++at) number = number * 10 + (*at - '0');
  std::array<std::uint64_t, 2> there;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<std::uint64_t, 2> wanted{};
  std::memcpy(there.data(), at, sizeof(std::uint64_t) * 2);
  std::memcpy(wanted.data(), kEnd.data(), kEnd.size());
  constexpr std::uint64_t kTwo = 0xFFFF;
  if (at == digits || there[0] != wanted[0] || (there[1] & kTwo) != wanted[1]) return 0;
  rank = number;
  return static_cast<std::size_t>(at - begin) + kEnd.size();
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

void LineReader::look_for(const Measurement& measurement) {
  wanted_by_ = measurement.marks_owner();
  wanted_ = measurement.wanted_bytes();
}

void LineReader::feed(std::string_view bytes, const LineSink& sink) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::move(pending_);
    joined += bytes;
    bytes = joined;
    pending_.clear();
  }
  while (!bytes.empty()) lines_of(bytes, sink);
}

/// Takes the whole lines of a block, or the one that is longer than it.
void LineReader::lines_of(std::string_view& bytes, const LineSink& sink) {
  constexpr std::size_t kBlock = std::size_t{8} * 1024;
  const std::string_view block = bytes.substr(0, kBlock);
  if (const std::size_t words = measuring::words_for(block.size()); ends_.size() < words) {
    ends_.resize(words);
    marks_.resize(words);
  }
  measuring::mark(block, wanted_, ends_.data(), marks_.data());
  std::size_t at = 0;
  measuring::MarkCursor ends(ends_.data(), 0);
  for (;;) {
    const measuring::MarkCursor begin = ends;
    std::size_t size = usual_line(block, at, ends, sink);
    if (size == 0) {
      ends = begin;
      size = any_line(block, at, ends, sink);
    }
    if (size == 0) break;
    at += size;
  }
  bytes.remove_prefix(at);
  if (at > 0 && block.size() == kBlock) return;
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  const std::string_view rest = bytes.substr(0, end + 1);
  piece_by_piece(rest, sink);
  bytes.remove_prefix(rest.size());
}

/// Bytes of the line that begins at `at`, as are the marks that come next, if it is of one
/// instance's standard output or of nobody and nothing is waiting, which is how nearly all come;
/// else 0.
inline std::size_t LineReader::usual_line(std::string_view block, std::size_t at,
                                          measuring::MarkCursor& ends, const LineSink& sink) {
  if (!at_start_ || open_parts_ > 0) return 0;
  const char* const text = block.data();
  std::size_t end = ends.next(block.size());
  std::size_t tag = 0;
  std::int64_t rank = 0;
  if (end == at && end < block.size() && text[end] == '[') {
    tag = read_usual_tag(text + at, text + block.size(), rank);
    if (tag == 0) return 0;
    end = ends.next(block.size());
  }
  if (end == block.size() || text[end] != '\n') return 0;
  give(block, at, tag, end, {tag > 0, rank, 1}, sink);
  at_ += static_cast<std::int64_t>(end + 1 - at);
  return end + 1 - at;
}

/// Gives a text of a block on, if there is any: from behind a tag at `at` to `end`.
inline void LineReader::give(std::string_view block, std::size_t at, std::size_t tag,
                             std::size_t end, const Key& key, const LineSink& sink) {
  const std::size_t from = at + tag;
  const std::size_t size = end - from;
  counts_.tags += tag > 0 ? 1 : 0;
  (key.tagged ? counts_.tagged_bytes : counts_.untagged_bytes) += static_cast<std::int64_t>(size);
  if (size > 0)
    sink({stream_,
          at_ + static_cast<std::int64_t>(tag),
          key.rank,
          key.tagged,
          {block.data() + from, size},
          {wanted_by_, marks_.data(), from}});
}

/// Any line that stands whole in the block; 0 where it does not.
std::size_t LineReader::any_line(std::string_view block, std::size_t begin,
                                 measuring::MarkCursor& ends, const LineSink& sink) {
  Tag tag;             // in front
  bool simple = true;  // no tag but that one
  bool returns = false;
  for (;;) {
    const std::size_t at = ends.next(block.size());
    if (at == block.size()) return 0;
    if (block[at] == '\n') {
      const std::size_t size = at + 1 - begin;
      if (at_start_ && simple && is_next({tag.size > 0, tag.rank, tag.stream}))
        simple_line(block.substr(0, at), begin, tag, returns, sink);
      else
        piece_by_piece(block.substr(begin, size), sink);
      return size;
    }
    if (block[at] == '\r') {
      returns = true;
      continue;
    }
    const Tag found = read_tag(block.substr(at));
    if (found.kind != Tag::Kind::Whole) continue;
    if (at == begin)
      tag = found;
    else
      simple = false;
  }
}

/// Whether nothing of an earlier line of the same instance is waiting.
bool LineReader::is_next(const Key& key) const {
  if (open_parts_ == 0) return true;
  const auto part = parts_.find(key);
  return part == parts_.end() || (part->second.text.empty() && !part->second.overlong);
}

/// A line from `at` to the end of the block, with a tag at most in front.
void LineReader::simple_line(std::string_view block, std::size_t at, const Tag& tag, bool returns,
                             const LineSink& sink) {
  const Key key{tag.size > 0, tag.rank, tag.stream};
  std::size_t skipped = tag.size;
  while (at <= block.size()) {
    const std::size_t end =
        returns ? std::min(block.find('\r', at + skipped), block.size()) : block.size();
    give(block, at, skipped, end, key, sink);
    at_ += static_cast<std::int64_t>(end + 1 - at);
    at = end + 1;
    skipped = 0;
  }
}

void LineReader::piece_by_piece(std::string_view bytes, const LineSink& sink) {
  const auto skip = [&](std::size_t count) {
    bytes.remove_prefix(count);
    at_ += static_cast<std::int64_t>(count);
  };
  while (!bytes.empty()) {
    at_start_ = false;
    const std::size_t plain = std::min(bytes.find_first_of("\n\r["), bytes.size());
    take(bytes.substr(0, plain));
    skip(plain);
    if (bytes.empty()) return;
    if (bytes.front() != '[') {
      finish_part(now_, parts_[now_], sink);
      // Behind LF mpirun writes the tag anew, so text without one is nobody's. Behind CR it does
      // not.
      at_start_ = bytes.front() == '\n';
      if (at_start_) now_ = {};
      skip(1);
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
    skip(tag.kind == Tag::Kind::Whole ? tag.size : 1);
  }
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
