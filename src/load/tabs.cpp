#include "load/tabs.h"

#include <algorithm>

namespace ipucnn::load {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

}  // namespace

std::size_t byte_of_column(std::string_view line, std::size_t column) {
  std::size_t characters = 0;
  std::size_t byte = 0;
  for (; byte < line.size(); ++byte)
    if (begins_character(line[byte]) && characters++ == column) break;
  return byte;
}

std::optional<std::size_t> AllowedTabs::first_refused(std::string_view text) const {
  auto next = texts_.begin();
  TextPlace here{0, 0};
  bool comment = false;
  bool blank_before = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    while (next != texts_.end() && next->end <= here) ++next;
    const bool inside = next != texts_.end() && next->begin <= here;
    if (c == '\t' && !inside && !comment) return i;
    if (c == '#' && !inside && blank_before) comment = true;
    blank_before = c == ' ' || c == '\n';
    if (c == '\n') {
      here = {here.line + 1, 0};
      comment = false;
    } else if (i + 1 == text.size() || begins_character(text[i + 1])) {
      ++here.column;
    }
  }
  return std::nullopt;
}

}  // namespace ipucnn::load
