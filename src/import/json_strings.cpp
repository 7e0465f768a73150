#include "import/json_strings.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace ipucnn::importing {

void JsonReader::skip_blanks() {
  at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
}

bool JsonReader::at(char kind) {
  skip_blanks();
  return at_ < text_.size() && text_[at_] == kind;
}

bool JsonReader::accept(char c) {
  if (!at(c)) return false;
  ++at_;
  return true;
}

void JsonReader::fail() {
  if (!failed_) failed_ = std::min(at_, text_.size());
  at_ = text_.size();
}

Located JsonReader::string() {
  Located out;
  if (!accept('"')) {
    fail();
    return out;
  }
  while (at_ < text_.size() && text_[at_] != '"') {
    if (text_[at_] == '\\') {
      escape(out);
    } else {
      out.add(text_[at_], static_cast<std::uint32_t>(at_));
      ++at_;
    }
  }
  if (at_ == text_.size())
    fail();
  else
    ++at_;
  return out;
}

void JsonReader::escape(Located& into) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMade = "\"\\/\b\f\n\r\t";
  const auto begin = static_cast<std::uint32_t>(at_);
  const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  at_ = std::min(at_ + 2, text_.size());
  if (const std::size_t known = kNames.find(kind); known != kNames.npos && kind != '\0')
    return into.add(kMade[known], begin);
  auto code = kind == 'u' ? hex_digits() : std::nullopt;
  if (!code) return fail();
  const bool high = *code >= 0xD800U && *code < 0xDC00U;
  if (high && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    const auto low = hex_digits();
    if (!low) return fail();
    code = 0x10000U + ((*code - 0xD800U) << 10U) + ((*low - 0xDC00U) & 0x3FFU);
  }
  into.add(utf8_of(*code), begin);
}

std::optional<std::uint32_t> JsonReader::hex_digits() {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t digit = std::string_view("0123456789abcdef")
                                  .find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
    if (c == '\0' || digit == std::string_view::npos) return std::nullopt;
    code = code * 16U + static_cast<std::uint32_t>(digit);
  }
  return code;
}

/// Without recursion: nesting costs nothing.
void JsonReader::skip() {
  std::size_t depth = 0;
  do {
    skip_blanks();
    if (at_ == text_.size()) return fail();
    const char c = text_[at_];
    if (c == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
        if (text_[at_] == '\\') ++at_;
      if (at_ >= text_.size()) return fail();
      ++at_;
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at_;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return fail();
      --depth;
      ++at_;
    } else if (c == ',' || c == ':') {
      if (depth == 0) return fail();
      ++at_;
    } else {
      const std::size_t end = std::min(text_.find_first_of(",:{}[]\" \t\r\n", at_), text_.size());
      const std::string_view word = text_.substr(at_, end - at_);
      const bool number = word.find_first_not_of("+-.0123456789eE") == word.npos;
      if (word != "true" && word != "false" && word != "null" && !number) return fail();
      at_ = end;
    }
  } while (depth > 0);
}

}  // namespace ipucnn::importing
