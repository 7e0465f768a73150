#include "load/yaml_spelling.h"

#include <algorithm>

namespace ipucnn::load {
namespace {

char char_at(std::string_view text, std::size_t offset) {
  return offset < text.size() ? text[offset] : '\0';
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Behind the quote that ends the quoted text at `begin`, or the end of its first line.
std::size_t quoted_end(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  std::size_t end = begin + 1;
  // \" and '' stand for a quote inside.
  for (; end < text.size() && text[end] != '\n'; ++end) {
    if (quote == '"' ? text[end] == '\\' : text.substr(end, 2) == "''")
      ++end;
    else if (text[end] == quote)
      break;
  }
  return char_at(text, end) == quote ? end + 1 : end;
}

}  // namespace

Place behind_properties(std::string_view text, Place place) {
  const auto here = [&] { return char_at(text, place.offset); };
  const auto step = [&] {
    place = here() == '\n' ? Place{place.offset + 1, place.line + 1, 1}
                           : Place{place.offset + 1, place.line, place.column + 1};
  };
  while (here() == '&' || here() == '!') {
    while (place.offset < text.size() && !is_blank(here())) step();
    while (place.offset < text.size() && (is_blank(here()) || here() == '#'))
      if (here() == '#')
        while (place.offset < text.size() && here() != '\n') step();
      else
        step();
  }
  return place;
}

std::string_view null_word(std::string_view text, const Place& place) {
  const std::string_view rest = text.substr(std::min(text.size(), place.offset));
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    if (rest.substr(0, word.size()) != word) continue;
    const std::string_view behind = rest.substr(word.size());
    if (behind.empty() || std::string_view(" \t\r\n,]}").find(behind[0]) != behind.npos)
      return rest.substr(0, word.size());
  }
  return {};
}

std::optional<Place> dash_above(std::string_view text, const Place& place, std::uint32_t column) {
  std::size_t begin = std::min(place.offset, text.size());
  std::uint32_t line = place.line;
  // The place itself can be the next item's dash.
  while (begin > 0) {
    const std::size_t end = begin;
    begin = text.rfind('\n', begin - 1);
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    const std::size_t dash = begin + column - 1;
    if (dash < end && text[dash] == '-') return Place{dash, line, column};
    if (begin == 0) break;
    --begin;
    --line;
  }
  return std::nullopt;
}

std::uint32_t token_length(std::string_view text, const Place& place) {
  const std::size_t end = std::min(text.find_first_of(" \t\r\n,]}", place.offset), text.size());
  return static_cast<std::uint32_t>(end - std::min(place.offset, end));
}

std::uint32_t scalar_length(std::string_view text, std::size_t begin, std::size_t size) {
  const char first = char_at(text, begin);
  const bool quoted = first == '"' || first == '\'';
  const std::size_t end = std::min(quoted ? quoted_end(text, begin) : begin + size, text.size());
  // Not beyond the scalar: a whole file can be one line.
  const std::size_t line_end = std::min(text.substr(0, end).find('\n', begin), end);
  return static_cast<std::uint32_t>(std::max(line_end, begin + 1) - begin);
}

bool lacks_digits(std::string_view number) {
  const std::size_t base = number.find_first_of("xb");
  return base != std::string_view::npos &&
         number.find_first_not_of('_', base + 1) == std::string_view::npos;
}

}  // namespace ipucnn::load
