// One word of a shell: quotes, escapes, expansions, and what was hardly meant.
#include "import/shell_word.h"

#include <algorithm>
#include <string>
#include <utility>

namespace ipucnn::importing {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

/// Length of what can stand behind `${`: a name, an item or all of a list, or a script's words.
std::size_t parameter_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == '@' || text[0] == '*') return 1;
  std::size_t length = 0;
  if (is_digit(text[0])) {
    while (length < text.size() && is_digit(text[length])) ++length;
    return length;
  }
  if (!is_name_start(text[0])) return 0;
  while (length < text.size() && is_name(text[length])) ++length;
  if (length == text.size() || text[length] != '[') return length;
  const std::size_t close = text.find(']', length);
  const std::string_view index =
      close == text.npos ? "" : text.substr(length + 1, close - length - 1);
  const bool number = !index.empty() && index.size() < 6 &&
                      std::all_of(index.begin(), index.end(), [](char c) { return is_digit(c); });
  return number || index == "@" || index == "*" ? close + 1 : 0;
}

}  // namespace

bool is_variable_name(std::string_view text) {
  return !text.empty() && is_name_start(text.front()) &&
         std::all_of(text.begin(), text.end(), is_name);
}

ShellWord WordReader::read_word() {
  ShellWord word;
  word.begin = offset(at_);
  const std::size_t begin = at_;
  several_ = false;
  known_ = true;
  while (at_ < text_.size()) {
    const char c = peek();
    if (line_end(at_) > 0 || other_blank(at_) > 0) break;
    if (c == '<' && take_placeholder(word)) continue;
    if (ends_word(c)) break;
    if (c == '{' && take_json(word, begin)) continue;
    if (c == '\'')
      single_quotes(word);
    else if (c == '"')
      double_quotes(word);
    else if (c == '\\') {
      if (!backslash(word)) break;
    } else if (c == '$' || c == '`')
      expansion(word, false);
    else if (c == '~' && at_home(word, begin))
      home(word);
    else
      bare(word);
  }
  word.end = end_offset(at_);
  if (several_) gap(ShellGap::Substitution, begin, at_);
  word.known = known_;
  return word;
}

ShellWord WordReader::read_body(std::size_t end, bool expands, bool strips_tabs) {
  ShellWord word;
  word.begin = offset(at_);
  word.quoted = true;
  known_ = true;
  const std::string_view all = std::exchange(text_, text_.substr(0, end));
  for (bool line_begins = true; at_ < text_.size(); line_begins = text_[at_ - 1] == '\n') {
    while (strips_tabs && line_begins && peek() == '\t') ++at_;
    const char c = peek();
    const std::size_t joined = expands && c == '\\' ? line_end(at_ + 1) : 0;
    if (joined > 0) {
      at_ += 1 + joined;
    } else if (expands && (c == '$' || c == '`')) {
      expansion(word, true);
    } else if (at_ < text_.size()) {
      const bool escapes = expands && c == '\\' && peek(1) != '\0' &&
                           std::string_view("$`\\").find(peek(1)) != std::string_view::npos;
      if (escapes) ++at_;
      word.value.add(peek(), offset(at_));
      ++at_;
    }
  }
  word.end = end_offset(at_);
  word.known = known_;
  text_ = all;
  return word;
}

std::size_t WordReader::other_blank(std::size_t at) const {
  const char first = at < text_.size() ? text_[at] : '\0';
  if (first != '\xC2' && first != '\xE2' && first != '\xE3') return 0;
  if (text_.substr(at, 2) == "\xC2\xA0") return 2;
  const std::string_view three = text_.substr(at, 3);
  const bool narrow = three.size() == 3 && three.substr(0, 2) == "\xE2\x80" &&
                      static_cast<unsigned char>(three[2]) <= 0x8BU;
  return narrow || three == "\xE2\x80\xAF" || three == "\xE2\x81\x9F" || three == "\xE3\x80\x80"
             ? 3
             : 0;
}

void WordReader::bare(ShellWord& word) {
  several_ = several_ || peek() == '*';
  if (peek() == '{') {
    const std::size_t close = text_.find_first_of("} \t\n", at_);
    const std::string_view inside =
        close == text_.npos || text_[close] != '}' ? "" : text_.substr(at_, close - at_);
    several_ = several_ || inside.find(',') != inside.npos || inside.find("..") != inside.npos;
  }
  word.value.add(peek(), offset(at_));
  ++at_;
}

bool WordReader::at_home(const ShellWord& word, std::size_t begin) const {
  const char next = peek(1);
  const bool alone = next == '/' || next == '\0' || next == '\r' || ends_word(next);
  if (!alone) return false;
  if (at_ == begin) return true;
  return command_.words.empty() && !word.value.text.empty() && word.value.text.back() == '=' &&
         is_variable_name(std::string_view(word.value.text).substr(0, word.value.text.size() - 1));
}

void WordReader::home(ShellWord& word) {
  word.value.add("${env:HOME}", offset(at_));
  ++at_;
}

bool WordReader::backslash(ShellWord& word) {
  if (const std::size_t length = line_end(at_ + 1); length > 0) {
    at_ += 1 + length;
    return true;
  }
  // The blank that ends a continuation is the same behind a word that it touches.
  if (is_blank(peek(1)) && line_end(behind_blanks(at_ + 1)) > 0) return false;
  if (at_ + 1 >= text_.size()) {
    word.value.add('\\', offset(at_));
    ++at_;
    return true;
  }
  word.value.add(peek(1), offset(at_ + 1));
  word.escaped = true;
  at_ += 2;
  return true;
}

void WordReader::expansion(ShellWord& word, bool quoted) {
  const std::size_t begin = at_;
  const char next = peek(1);
  if (peek() == '$' && (is_name_start(next) || is_digit(next) || next == '@' || next == '*')) {
    std::size_t end = at_ + 2;
    while (is_name_start(next) && end < text_.size() && is_name(text_[end])) ++end;
    variable(word, std::string(text_.substr(at_ + 1, end - at_ - 1)), end, quoted);
    return;
  }
  if (looking_at("${") && braced(word, quoted)) return;
  if (!quoted && looking_at("$'")) return ansi_quotes(word);
  if (!quoted && looking_at("$\"")) {  // to be translated, which nobody does
    ++at_;
    return double_quotes(word);
  }
  const bool substitution =
      peek() == '`' || next == '(' || next == '{' ||
      (next == '[' && text_.find(']', at_) != text_.npos) ||
      (next != '\0' && std::string_view("#?$!-").find(next) != std::string::npos);
  if (!substitution) {
    word.value.add('$', offset(at_));
    ++at_;
    return;
  }
  skip_substitution();
  const bool whole = text_[begin] == '`' || (next == '(' && text_.substr(begin + 2, 1) != "(");
  note_substitutions(whole ? begin : begin + 2, at_, !quoted && next == '{');
  for (std::size_t i = begin; i < at_; ++i) word.value.add(text_[i], offset(i));
  gap(ShellGap::Substitution, begin, at_);
}

void WordReader::variable(ShellWord& word, const std::string& name, std::size_t end, bool quoted) {
  if (!quoted) word.bare.push_back(static_cast<std::uint32_t>(word.value.text.size()));
  word.value.add("${env:" + name + "}", offset(at_));
  word.value.from.back() = end_offset(end) - 1;
  at_ = end;
}

bool WordReader::braced(ShellWord& word, bool quoted) {
  const std::size_t close = text_.find('}', at_);
  if (close == text_.npos) return false;
  const std::string_view inside = text_.substr(at_ + 2, close - at_ - 2);
  const std::size_t length = parameter_length(inside);
  if (length == 0) return false;
  const std::string name(inside.substr(0, length));
  std::string rest(inside.substr(length));
  const bool demanded = rest.substr(0, 1) == "?" || rest.substr(0, 2) == ":?";
  const bool defaulted = rest.substr(0, 2) == ":-" || rest.substr(0, 2) == ":=";
  if (!rest.empty() && !demanded && !defaulted) return false;
  if (rest.find_first_of("$`\"'\\\n") != rest.npos) return false;
  const std::uint32_t begin = offset(at_);
  const bool assigned = rest.substr(0, 2) == ":=";
  if (assigned) rest[1] = '-';
  variable(word, name + (defaulted ? rest : ""), close + 1, quoted);
  if (assigned && is_variable_name(name)) {
    ShellWord set;
    set.begin = begin;
    set.end = end_offset(close + 1);
    set.value.add(name + "=${env:" + name + rest + "}", begin);
    command_.defaults.push_back(std::move(set));
  }
  return true;
}

void WordReader::skip_substitution() {
  if (peek() == '`') {
    ++at_;
    while (at_ < text_.size() && peek() != '`') at_ += peek() == '\\' ? 2 : 1;
    at_ = std::min(at_ + 1, text_.size());
    return;
  }
  ++at_;
  const char open = peek();
  if (open == '(') return skip_nested('(', ')');
  if (open == '{') return skip_nested('{', '}');
  if (open == '[') return skip_nested('[', ']');
  ++at_;
}

void WordReader::note_substitutions(std::size_t begin, std::size_t end, bool has_quotes) {
  const std::size_t behind = at_;
  for (at_ = begin; at_ < end;) {
    const std::size_t from = at_;
    if (peek() == '\\') {
      at_ += 2;
    } else if (has_quotes && peek() == '\'') {
      at_ = std::min(text_.find('\'', at_ + 1), end) + 1;
    } else if (peek() == '`' || (looking_at("$(") && peek(2) != '(')) {
      skip_substitution();
      const std::size_t inside = from + (text_[from] == '`' ? 1 : 2);
      if (at_ > inside + 1) substituted_.push_back(in_.part(inside, at_ - 1));
    } else {
      ++at_;
    }
  }
  at_ = behind;
}

void WordReader::skip_nested(char open, char close) {
  std::size_t depth = 0;
  while (at_ < text_.size()) {
    const char c = peek();
    if (c == '$' && peek(1) == '\'') {
      for (at_ += 2; at_ < text_.size() && peek() != '\'';) at_ += peek() == '\\' ? 2 : 1;
    } else if (c == '\'' || c == '"') {
      // Quotes inside a $(..) that stands in quotes are its own.
      std::size_t end = at_ + 1;
      while (end < text_.size() && text_[end] != c) end += c == '"' && text_[end] == '\\' ? 2 : 1;
      if (end < text_.size()) at_ = end;
    } else if (c == '\\') {
      ++at_;
    } else if (c == open) {
      ++depth;
    } else if (c == close) {
      --depth;
    }
    at_ = std::min(at_ + 1, text_.size());
    if (depth == 0) return;
  }
}

std::optional<std::size_t> WordReader::placeholder_end(std::size_t at) const {
  const std::size_t close = text_.find_first_of(">\n", at);
  if (close == text_.npos || text_[close] != '>' || close == at + 1) return std::nullopt;
  const std::string_view inside = text_.substr(at + 1, close - at - 1);
  const bool words = std::all_of(inside.begin(), inside.end(), [](char c) {
    return is_name(c) || c == ' ' || c == '|' || c == '-' || c == '.' || c == '/' || c == ',';
  });
  if (!words || is_blank(inside.front()) || is_blank(inside.back())) return std::nullopt;
  return close + 1;
}

bool WordReader::take_placeholder(ShellWord& word) {
  const auto end = placeholder_end(at_);
  if (!end) return false;
  fault(ShellFault::Placeholder, at_, *end);
  for (; at_ < *end; ++at_) word.value.add(peek(), offset(at_));
  return true;
}

bool WordReader::take_json(ShellWord& word, std::size_t begin) {
  const std::string& name = word.value.text;
  if (name.size() < 2 || name.back() != '=' ||
      !is_variable_name(std::string_view(name).substr(0, name.size() - 1)))
    return false;
  if (text_.substr(behind_blanks(at_ + 1), 1) != "\"") return false;
  const std::size_t line = std::min(text_.find('\n', at_), text_.size());
  std::size_t depth = 0;
  std::size_t end = at_;
  do {
    if (text_[end] == '{') ++depth;
    if (text_[end] == '}') --depth;
    ++end;
  } while (end < line && depth > 0);
  if (depth > 0) return false;
  for (; at_ < end; ++at_) word.value.add(peek(), offset(at_));
  fault(ShellFault::BareJson, begin, end);
  return true;
}

}  // namespace ipucnn::importing
