// Quotes in a word of a shell.
#include <algorithm>
#include <string>

#include "import/shell_word.h"

namespace ipucnn::importing {

void WordReader::single_quotes(ShellWord& word) {
  word.quoted = true;
  const std::size_t open = at_++;
  while (at_ < text_.size() && peek() != '\'') {
    const std::size_t length = peek() == '\\' ? line_end(at_ + 1) : 0;
    if (length > 0) {
      fault(ShellFault::BackslashInQuotes, at_, at_ + 1);
      at_ += 1 + length;
      continue;
    }
    word.value.add(peek(), offset(at_));
    ++at_;
  }
  close_quote(open);
}

void WordReader::ansi_quotes(ShellWord& word) {
  word.quoted = true;
  const std::size_t open = at_;
  bool ended = false;
  for (at_ += 2; at_ < text_.size() && peek() != '\'';) {
    const std::uint32_t begin = offset(at_);
    const std::string made = peek() == '\\' ? ansi_escape() : std::string(1, text_[at_++]);
    ended = ended || made.empty();
    if (!ended) word.value.add(made, begin);
  }
  close_quote(open);
}

std::string WordReader::ansi_escape() {
  constexpr std::string_view kNames = "abeEfnrtv\\'\"?";
  constexpr std::string_view kMade = "\a\b\x1B\x1B\f\n\r\t\v\\'\"?";
  const char kind = peek(1);
  at_ = std::min(at_ + 2, text_.size());
  if (const std::size_t known = kNames.find(kind); known != kNames.npos && kind != '\0')
    return std::string(1, kMade[known]);
  if (kind == 'c' && at_ < text_.size())
    return std::string(1, static_cast<char>(static_cast<unsigned char>(text_[at_++]) & 0x1FU));
  const bool octal = kind >= '0' && kind <= '7';
  const std::size_t most = octal ? 3 : kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  if (octal) --at_;
  const std::string_view digits = octal ? "01234567" : "0123456789abcdef";
  std::uint32_t code = 0;
  std::size_t count = 0;
  for (; count < most && at_ < text_.size(); ++count, ++at_) {
    const char c = text_[at_];
    const std::size_t digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
    if (digit == digits.npos) break;
    code = code * static_cast<std::uint32_t>(digits.size()) + static_cast<std::uint32_t>(digit);
  }
  if (count == 0) return {'\\', kind};
  if (octal || kind == 'x') code &= 0xFFU;
  return code == 0                    ? std::string()
         : kind == 'u' || kind == 'U' ? utf8_of(code)
                                      : std::string(1, static_cast<char>(code));
}

void WordReader::double_quotes(ShellWord& word) {
  word.quoted = true;
  const std::size_t open = at_++;
  while (at_ < text_.size() && peek() != '"') {
    const char c = peek();
    if (c == '\\') {
      if (const std::size_t length = line_end(at_ + 1); length > 0) {
        at_ += 1 + length;
        continue;
      }
      if (std::string_view("\"\\$`").find(peek(1)) != std::string_view::npos && peek(1) != '\0')
        ++at_;
      word.value.add(peek(), offset(at_));
      ++at_;
    } else if (c == '$' || c == '`') {
      expansion(word, true);
    } else {
      word.value.add(c, offset(at_));
      ++at_;
    }
  }
  close_quote(open);
}

void WordReader::close_quote(std::size_t open) {
  if (at_ < text_.size())
    ++at_;
  else
    fault(ShellFault::OpenQuote, open, open + 1);
}

}  // namespace ipucnn::importing
