#include "base/escape.h"

namespace ipucnn {

std::string markup_text(std::string_view raw) {
  std::string out;
  for (const char c : raw) {
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
  if (raw.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(raw);
  std::string out = "\"";
  for (const char c : raw) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string table_cell(std::string_view raw) {
  std::string text;
  for (const char c : raw) {
    if (c == '|' || c == '\\') text += '\\';
    text += c == '\n' ? ' ' : c;
  }
  return text;
}

}  // namespace ipucnn
