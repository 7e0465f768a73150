#include "import/printed_text.h"

#include <string_view>

#include "import/command.h"

namespace ipucnn::importing {
namespace {

/// A text in which a backslash makes what `echo -e` and `printf` make of it.
class Escapes {
 public:
  explicit Escapes(const Located& text) : text_(text) {}

  bool at_end() const { return at_ >= text_.text.size(); }
  char next() const { return at_ < text_.text.size() ? text_.text[at_] : '\0'; }
  std::uint32_t offset() const { return text_.from[at_]; }
  void skip() { ++at_; }

  /// One character, and goes behind it.
  void take(Located& out) {
    constexpr std::string_view kLetters = "nt\\\"'";
    constexpr std::string_view kMeant = "\n\t\\\"'";
    const std::uint32_t from = offset();
    char c = next();
    skip();
    const std::size_t escape = c == '\\' && !at_end() ? kLetters.find(next()) : kLetters.npos;
    if (escape != kLetters.npos) {
      c = kMeant[escape];
      skip();
    }
    out.add(c, from);
  }

 private:
  const Located& text_;
  std::size_t at_ = 0;
};

/// `printf FORMAT WORD..`: the format begins anew as long as there are words.
ShellWord formatted(const ShellCommand& command, std::size_t first) {
  ShellWord all;
  std::size_t at = first + 1;
  if (text_at(command, at) == "--") ++at;
  if (at >= command.words.size()) return all;
  const ShellWord& format = command.words[at++];
  all.known = format.known;
  for (bool again = true; again;) {
    again = false;
    for (Escapes in(format.value); !in.at_end();) {
      if (in.next() != '%') {
        in.take(all.value);
        continue;
      }
      const std::uint32_t from = in.offset();
      in.skip();
      const char kind = in.next();
      if (!in.at_end()) in.skip();
      if (kind == '%') {
        all.value.add('%', from);
        continue;
      }
      all.known = all.known && std::string_view("sbqdi").find(kind) != std::string_view::npos;
      if (at >= command.words.size()) continue;
      const ShellWord& word = command.words[at++];
      all.value.add(word.value);
      all.known = all.known && word.known;
      again = at < command.words.size();
    }
  }
  return all;
}

}  // namespace

bool add_word(const ShellWord& word, std::size_t from, Located& text) {
  if (!text.text.empty()) text.add(' ', word.begin);
  text.add(word.value.part(from, word.value.text.size()));
  return word.known;
}

ShellWord printed_text(const ShellCommand& command, std::size_t first) {
  if (text_at(command, first) == "printf") return formatted(command, first);
  ShellWord all;
  bool escapes = false;
  for (std::size_t i = first + 1; i < command.words.size(); ++i) {
    const std::string_view word = text_at(command, i);
    const bool option = all.value.text.empty() && word.size() > 1 && word[0] == '-' &&
                        word.find_first_not_of("-neE") == word.npos;
    if (option)
      escapes = escapes || word.find('e') != word.npos;
    else
      all.known = add_word(command.words[i], 0, all.value) && all.known;
  }
  if (!escapes) return all;
  const Located written = std::move(all.value);
  all.value = {};
  for (Escapes in(written); !in.at_end();) in.take(all.value);
  return all;
}

}  // namespace ipucnn::importing
