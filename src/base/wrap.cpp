#include "base/wrap.h"

#include "base/text.h"

namespace ipucnn {

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    const std::size_t size = count_characters(word);
    if (!first && column + 1 + size > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += size;
    first = false;
    text.remove_prefix(blank == text.npos ? text.size() : blank + 1);
  }
  return out;
}

}  // namespace ipucnn
