#include <algorithm>
#include <array>
#include <cstring>

#include "ipucnn/measure.h"
#include "measure/byte_marks.h"
#include "measure/usual_lines.h"

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
  if (measuring::has_avx2()) usual_ = measurement.usual_lines();
}

void LineReader::feed(std::string_view bytes, const LineBlockSink& sink) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::exchange(pending_, {});
    joined += bytes;
    bytes = joined;
  }
  constexpr std::size_t kMost = std::size_t{1} << 30U;  // whose places have room in LineBlock
  if (bytes.size() > kMost) {
    feed(bytes.substr(0, kMost), sink);
    return feed(bytes.substr(kMost), sink);
  }
  Input input{bytes, at_, sink};
  for (std::size_t at = 0; at < bytes.size();) block_of(input, at);
}

namespace {
constexpr std::size_t kBlock = std::size_t{16} * 1024;
}  // namespace

/// For what a block of so many bytes may hold.
void LineReader::make_room(std::size_t block) {
  const std::size_t words = measuring::words_for(block + 1);
  if (ends_.size() >= words) return;
  ends_.resize(words);
  marks_.resize(words);
  lines_.resize(words * measuring::kBits / 2 + 1);  // each takes two bytes at least
}

/// Takes lines whose layout is known, and tells by their number how many bytes are looked at for
/// others then: few where these hardly come.
void LineReader::take_usual(Input& input, std::size_t& at) {
  constexpr std::size_t kFew = std::size_t{2} * 1024;
  constexpr std::size_t kMany = 8;
  block_ = usual_ ? std::clamp(2 * block_, kFew, kBlock) : kBlock;
  if (!usual_ || !at_start_ || open_parts_ > 0) return;
  const std::size_t begin = at;
  const std::size_t end = begin + std::min(kBlock, input.text.size() - begin);
  make_room(end - begin);
  waiting_ = static_cast<std::size_t>(usual_->take(input.text, at, end, lines_.data(), counts_) -
                                      lines_.data());
  at_ += static_cast<std::int64_t>(at - begin);
  if (waiting_ == 0) return;
  if (waiting_ >= kMany) block_ = kFew;
  input.sink({stream_, input.offset, input.text, {}, 0, {lines_.data(), waiting_}, usual_.get()});
  waiting_ = 0;
}

/// Takes the whole lines of a block, or the one that is longer than it.
void LineReader::block_of(Input& input, std::size_t& at) {
  const std::size_t begin_of_usual = at;
  take_usual(input, at);
  if (at == input.text.size() || at >= begin_of_usual + kBlock) return;
  const std::size_t begin = at;
  const std::string_view block = input.text.substr(begin, block_);
  const std::size_t end = begin + block.size();
  make_room(block.size());
  // Behind the block an end is marked, so that nobody looks further.
  ends_[block.size() / measuring::kBits] = 0;
  measuring::mark(block, wanted_, ends_.data(), marks_.data());
  ends_[block.size() / measuring::kBits] |= std::uint64_t{1} << block.size() % measuring::kBits;
  input.marked_from = begin;
  for (;;) {
    at = usual_lines(input, at, end);
    const std::size_t size = any_line(input, at, end);
    if (size == 0) break;
    at += size;
  }
  give_lines(input);
  if (at > begin && block.size() == block_) return;
  const std::string_view left = input.text.substr(at);
  const std::string_view rest = left.substr(0, std::min(left.find('\n'), left.size()) + 1);
  piece_by_piece(rest, input.sink);
  at += rest.size();
}

/// Takes lines as nearly all come, of one instance's standard output or of nobody while nothing is
/// waiting, and tells where the first other one begins.
std::size_t LineReader::usual_lines(const Input& input, std::size_t at, std::size_t end) {
  if (!at_start_ || open_parts_ > 0) return at;
  const char* const text = input.text.data();
  const std::size_t begin = at;
  const std::size_t marked_from = input.marked_from;
  // A tag behind which the text ends soon is not read here.
  const std::size_t last = std::min(end, input.text.size() - std::min(input.text.size(), kTagSeen));
  measuring::MarkCursor ends(ends_.data(), at - marked_from);
  LineBlock::Line* next = lines_.data() + waiting_;
  std::int64_t tags = 0;
  std::size_t tagged = 0;
  std::size_t untagged = 0;
  for (;;) {
    std::size_t line_end = marked_from + ends.next();
    std::size_t from = at;
    std::int32_t rank = LineBlock::kNobody;
    if (line_end == at && at < last && text[at] == '[') {
      from += read_usual_tag(text + at, rank);
      if (from == at) break;
      line_end = marked_from + ends.next();
    }
    if (line_end == end || text[line_end] != '\n') break;
    const std::size_t size = line_end - from;
    if (from > at) {
      ++tags;
      tagged += size;
    } else {
      untagged += size;
    }
    *next = {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(size), rank, 0};
    next += size > 0 ? 1 : 0;
    at = line_end + 1;
  }
  waiting_ = static_cast<std::size_t>(next - lines_.data());
  counts_.tags += tags;
  counts_.tagged_bytes += static_cast<std::int64_t>(tagged);
  counts_.untagged_bytes += static_cast<std::int64_t>(untagged);
  at_ += static_cast<std::int64_t>(at - begin);
  return at;
}

/// The size of a tag of standard output that is written as an earlier one; else 0. There is room to
/// read behind it.
[[gnu::always_inline]] inline std::uint32_t LineReader::read_usual_tag(const char* text,
                                                                       std::int32_t& rank) const {
  std::array<std::uint64_t, 2> there;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::memcpy(there.data(), text, kTagSeen);
  for (const UsualTag& tag : tags_) {
    if ((((there[0] ^ tag.bytes[0]) & tag.mask[0]) | ((there[1] ^ tag.bytes[1]) & tag.mask[1])) !=
        0)
      continue;
    const char* digit = text + tag.rank_at;
    const char* const stop = digit + tag.digits;
    std::int32_t number = 0;
    while (digit != stop && is_digit(*digit)) number = number * 10 + (*digit++ - '0');
    if (digit != stop) return 0;
    rank = number;
    return tag.size;
  }
  return 0;
}

/// Remembers how a tag is written.
void LineReader::learn_tag(std::string_view text, const Tag& tag) {
  constexpr std::int8_t kStdout = 1;
  if (tag.stream != kStdout || tag.size > kTagSeen) return;
  UsualTag usual;
  usual.size = static_cast<std::uint32_t>(tag.size);
  usual.rank_at = static_cast<std::uint32_t>(text.find(',') + 1);
  usual.digits = static_cast<std::uint32_t>(text.find(']')) - usual.rank_at;
  if (usual.digits > tags_.size()) return;
  std::string mask(tag.size, '\xFF');
  std::fill_n(mask.begin() + usual.rank_at, usual.digits, '\0');
  usual.mask = {};
  std::memcpy(usual.bytes.data(), text.data(), tag.size);
  std::memcpy(usual.mask.data(), mask.data(), tag.size);
  tags_[usual.digits - 1] = usual;
}

/// Any line that stands whole before the block's end; 0 where it does not.
std::size_t LineReader::any_line(Input& input, std::size_t begin, std::size_t block_end) {
  const std::string_view text = input.text;
  measuring::MarkCursor ends(ends_.data(), begin - input.marked_from);
  Tag tag;             // in front
  bool simple = true;  // no tag but that one
  bool returns = false;
  for (;;) {
    const std::size_t at = input.marked_from + ends.next();
    if (at == block_end) return 0;
    if (text[at] == '\n') {
      const std::size_t size = at + 1 - begin;
      if (at_start_ && simple && is_next({tag.size > 0, tag.rank, tag.stream})) {
        simple_line(text.substr(0, at), begin, tag, returns);
      } else {
        give_lines(input);
        piece_by_piece(text.substr(begin, size), input.sink);
      }
      return size;
    }
    if (text[at] == '\r') {
      returns = true;
      continue;
    }
    const Tag found = read_tag(text.substr(at, block_end - at));
    if (found.kind != Tag::Kind::Whole) continue;
    if (at != begin) {
      simple = false;
      continue;
    }
    tag = found;
    learn_tag(text.substr(at), tag);
  }
}

/// Gives the lines on that wait for it.
void LineReader::give_lines(Input& input) {
  if (waiting_ == 0) return;
  input.sink({stream_,
              input.offset,
              input.text,
              {wanted_by_, marks_.data(), 0},
              input.marked_from,
              {lines_.data(), waiting_}});
  waiting_ = 0;
}

/// Whether nothing of an earlier line of the same instance is waiting.
bool LineReader::is_next(const Key& key) const {
  if (open_parts_ == 0) return true;
  const auto part = parts_.find(key);
  return part == parts_.end() || (part->second.text.empty() && !part->second.overlong);
}

/// A line from `at` to the end of the text, with a tag at most in front.
void LineReader::simple_line(std::string_view text, std::size_t at, const Tag& tag, bool returns) {
  const bool tagged = tag.size > 0;
  counts_.tags += tagged ? 1 : 0;
  at_ += static_cast<std::int64_t>(text.size() + 1 - at);
  at += tag.size;
  while (at <= text.size()) {
    const std::size_t end = returns ? std::min(text.find('\r', at), text.size()) : text.size();
    const std::size_t size = end - at;
    (tagged ? counts_.tagged_bytes : counts_.untagged_bytes) += static_cast<std::int64_t>(size);
    if (size > 0)
      add_line(at, size, tagged ? static_cast<std::int32_t>(tag.rank) : LineBlock::kNobody);
    at = end + 1;
  }
}

void LineReader::piece_by_piece(std::string_view bytes, const LineBlockSink& sink) {
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

void LineReader::finish(const LineBlockSink& sink) {
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

void LineReader::finish_part(const Key& key, Part& part, const LineBlockSink& sink) {
  if (part.text.empty() && !part.overlong) return;
  if (part.overlong) ++counts_.overlong;
  if (!part.text.empty()) {
    const LineBlock::Line whole{
        0, static_cast<std::uint32_t>(part.text.size()),
        key.tagged ? static_cast<std::int32_t>(key.rank) : LineBlock::kNobody, 0};
    sink({stream_, part.offset, part.text, {}, 0, {&whole, 1}});
  }
  part = {};
  --open_parts_;
}

}  // namespace ipucnn
