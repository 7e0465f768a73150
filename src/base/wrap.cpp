#include "base/wrap.h"

#include <algorithm>

#include "base/terminal_width.h"

namespace ipucnn {

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    const std::size_t size = terminal_columns(word);
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

std::string wrapped_lines(std::string_view text, std::size_t width) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (width > 0 && terminal_columns(line) > width) {
      const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
      const std::size_t gap = line.find("  ", begin);
      const std::size_t value = gap == line.npos ? gap : line.find_first_not_of(' ', gap);
      // A name that takes half of the line leaves too little beside it.
      const bool named = value != line.npos && value <= width / 2;
      const std::size_t from = named ? value : begin;
      out += line.substr(0, from);
      out += wrapped(line.substr(from), named ? from : begin + 2, width);
    } else {
      out += line;
    }
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace ipucnn
