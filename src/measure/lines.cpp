#include <algorithm>

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
  std::string_view stream;
};

/// Reads digits from `at` on; false when there are none, or more than any rank has.
bool skip_digits(std::string_view text, std::size_t& at) {
  constexpr std::size_t kMost = 9;
  const std::size_t from = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at > from && at - from <= kMost;
}

Tag read_tag(std::string_view text) {
  const Tag unfinished{Tag::Kind::Unfinished, 0, 0, {}};
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
  for (const std::string_view end : {"]<stdout>:", "]<stderr>:", "]<stddiag>:"}) {
    const std::string_view rest = text.substr(at, end.size());
    if (rest == end) return {Tag::Kind::Whole, at + end.size(), rank, end};
    if (rest.size() < end.size() && end.substr(0, rest.size()) == rest) return unfinished;
  }
  return {};
}

}  // namespace

void LineReader::feed(std::string_view bytes, const LineSink& sink) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::move(pending_);
    joined += bytes;
    bytes = joined;
    pending_.clear();
  }
  while (!bytes.empty()) {
    const std::size_t plain = std::min(bytes.find_first_of("\n\r["), bytes.size());
    take(bytes.substr(0, plain));
    skip(bytes, plain);
    if (bytes.empty()) return;
    if (bytes.front() != '[') {
      finish_part(now_, parts_[now_], sink);
      // Behind LF mpirun writes the tag anew, so text without one is nobody's. Behind CR it does
      // not.
      if (bytes.front() == '\n') now_ = {};
      skip(bytes, 1);
      continue;
    }
    const Tag tag = read_tag(bytes);
    if (tag.kind == Tag::Kind::Unfinished) {
      pending_ = bytes;
      return;
    }
    if (tag.kind == Tag::Kind::Whole)
      now_ = {true, tag.rank, std::string(tag.stream)};
    else
      take(bytes.substr(0, 1));
    skip(bytes, tag.kind == Tag::Kind::Whole ? tag.size : 1);
  }
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
  Part& part = parts_[now_];
  if (part.text.empty()) part.offset = at_;
  if (part.text.size() + text.size() > kLongestLine) part.overlong = true;
  if (part.overlong)
    part.text.clear();
  else
    part.text += text;
}

void LineReader::finish_part(const Key& key, Part& part, const LineSink& sink) {
  if (part.overlong) ++overlong_;
  if (!part.text.empty()) sink({stream_, part.offset, key.rank, key.tagged, part.text});
  part = {};
}

}  // namespace ipucnn
