#include "base/terminal_width.h"

#include <algorithm>
#include <cstdint>

namespace ipucnn {
namespace {

struct Range {
  std::uint32_t first, last;
};
/// Combining marks of the scripts that people write names in, joiners and variation selectors.
constexpr Range kNone[] = {{0x300, 0x36F},    {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},
                           {0x64B, 0x65F},    {0xE31, 0xE31},   {0xE34, 0xE3A},   {0xE47, 0xE4E},
                           {0x200B, 0x200F},  {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
                           {0xE0100, 0xE01EF}};
/// Wide and full-width ones of Unicode's annex 11.
constexpr Range kTwo[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x3247},
                          {0x3250, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},
                          {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                          {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                          {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool among(std::uint32_t code, const Range (&ranges)[N]) {
  return std::any_of(std::begin(ranges), std::end(ranges), [code](const Range& range) {
    return range.first <= code && code <= range.last;
  });
}

constexpr std::uint32_t kFirstOfRanges = 0x300;

/// The number of the character that begins a text; of bytes that are none anything.
std::uint32_t code_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t size = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  std::uint32_t code = byte(0) & (0xFFU >> (size == 1 ? 1 : size + 1));
  for (std::size_t i = 1; i < std::min(size, text.size()); ++i)
    code = code << 6U | (byte(i) & 0x3FU);
  return code;
}

}  // namespace

std::size_t terminal_columns(std::string_view utf8) {
  // Nearly all texts are of one column a byte.
  const auto other = std::find_if(utf8.begin(), utf8.end(),
                                  [](char c) { return static_cast<signed char>(c) < 0; });
  auto columns = static_cast<std::size_t>(other - utf8.begin());
  for (std::size_t i = columns; i < utf8.size(); ++i) {
    if ((static_cast<unsigned char>(utf8[i]) & 0xC0U) == 0x80U) continue;
    const std::uint32_t code = code_of(utf8.substr(i));
    if (code < kFirstOfRanges)
      ++columns;
    else if (!among(code, kNone))
      columns += among(code, kTwo) ? 2 : 1;
  }
  return columns;
}

void append_padded(std::string& line, std::string_view cell, std::size_t columns,
                   bool to_the_right) {
  const std::size_t fill = columns - std::min(columns, terminal_columns(cell));
  if (to_the_right) line.append(fill, ' ');
  line += cell;
  if (!to_the_right) line.append(fill, ' ');
}

std::string padded(std::string_view cell, std::size_t columns, bool to_the_right) {
  std::string line;
  append_padded(line, cell, columns, to_the_right);
  return line;
}

}  // namespace ipucnn
