#include "base/escape.h"

#include <charconv>

#include "base/text.h"

namespace ipucnn {

std::string printable_lines(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string markup_text(std::string_view raw) {
  std::string out;
  for (const char c : is_utf8(raw) ? std::string(raw) : printable_lines(raw)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < ' ' && c != '\n' ? ' ' : c;
    }
  }
  return out;
}

std::string csv_field(std::string_view raw) {
  const std::string text = printable_lines(raw);
  double unused = 0;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), unused);
  const bool formula = !text.empty() &&
                       std::string_view("=+-@").find(text.front()) != std::string_view::npos &&
                       (number.ec != std::errc() || number.ptr != text.data() + text.size());
  if (!formula && text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string table_cell(std::string_view raw) {
  std::string text;
  for (const char c : printable(replace_char(raw, '\n', ' '))) {
    if (std::string_view("|\\`*<[&~").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

}  // namespace ipucnn
