#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/source.h"

namespace ipucnn::importing {

/// A text that was taken out of a source, and where each of its bytes stood there.
struct Located {
  std::string text;
  std::vector<std::uint32_t> from;  ///< offset in the source, one for each byte

  void add(char c, std::uint32_t offset) {
    text += c;
    from.push_back(offset);
  }
  void add(std::string_view more, std::uint32_t offset) {
    for (const char c : more) add(c, offset);
  }
  void add(const Located& more) {
    text += more.text;
    from.insert(from.end(), more.from.begin(), more.from.end());
  }
  Located part(std::size_t begin, std::size_t end) const;
  /// Puts a text in the place of a part that is not empty; its first byte stands where that began,
  /// and its last one where that ended.
  void replace(std::size_t begin, std::size_t end, std::string_view with);
};

/// The bytes of a character by its number.
std::string utf8_of(std::uint32_t code);

/// Offset behind a byte order mark; 0 where there is none.
std::size_t behind_mark(std::string_view text);

/// A part of a source as it is: every byte stands where it was.
Located take_part(std::string_view source, std::size_t begin, std::size_t end);

/// Offsets of one source as places that a finding can point at.
class Places {
 public:
  Places(const Sources& sources, SourceId source)
      : sources_(sources), source_(source), text_(sources.text(source)) {}

  /// From one offset to another, as far as the first one's line goes; one byte at least.
  Span span(std::size_t begin, std::size_t end) const;
  std::uint32_t line_of(std::size_t offset) const;
  /// Where a finding's place begins.
  std::size_t offset_of(const Span& at) const;
  SourceId source() const { return source_; }
  std::string_view text() const { return text_; }
  std::string_view name() const { return sources_.name(source_); }

 private:
  /// Where a line begins, behind a byte order mark; absent: there is no such line. The table of
  /// lines is the source's own, so that whoever reads a part of it costs no more than that part.
  std::optional<std::size_t> start_of(std::uint32_t line) const;

  const Sources& sources_;
  SourceId source_;
  std::string_view text_;
};

}  // namespace ipucnn::importing
