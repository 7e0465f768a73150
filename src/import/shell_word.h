#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "import/shell_words.h"

namespace ipucnn::importing {

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A place in a shell's text, and how one word is read there. Faults and gaps go to the command
/// that the word belongs to.
class WordReader {
 protected:
  explicit WordReader(const Located& text) : in_(text), text_(text.text) {}

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool looking_at(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  std::uint32_t offset(std::size_t at) const {
    if (in_.from.empty()) return 0;
    return at < in_.from.size() ? in_.from[at] : in_.from.back() + 1;
  }
  /// Behind the byte before `at`, which is not the next byte's place where the text was folded.
  std::uint32_t end_offset(std::size_t at) const {
    return at == 0 ? offset(0) : offset(at - 1) + 1;
  }

  void fault(ShellFault kind, std::size_t begin, std::size_t end) {
    command_.faults.push_back({kind, offset(begin), end_offset(end)});
  }
  void gap(ShellGap kind, std::size_t begin, std::size_t end) {
    command_.gaps.push_back({kind, offset(begin), end_offset(end)});
    known_ = known_ && kind != ShellGap::Substitution;
  }

  /// Length of the line end at `at`; 0 when there is none.
  std::size_t line_end(std::size_t at) const {
    if (at < text_.size() && text_[at] == '\n') return 1;
    return text_.substr(at, 2) == "\r\n" ? 2 : 0;
  }
  /// Length of a blank that is one to people only, as U+00A0; 0 when there is none.
  std::size_t other_blank(std::size_t at) const;
  std::size_t behind_blanks(std::size_t at) const {
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return at;
  }

  static bool ends_word(char c) {
    return is_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')' ||
           c == '<' || c == '>';
  }

  /// From the place on, up to what ends a word; the place is behind it then.
  ShellWord read_word();
  /// A here-document's text up to `end`. Variables in it are read where it `expands`; a $(..) stays
  /// as it is written.
  ShellWord read_body(std::size_t end, bool expands, bool strips_tabs);
  /// Goes behind `(..)` or `{..}`, what is quoted in it left alone.
  void skip_nested(char open, char close);
  /// Keeps the commands of every $(..) and `..` between two places, as they stand in arithmetic and
  /// in the default of a variable. What is in single quotes is text where the place `has_quotes`.
  void note_substitutions(std::size_t begin, std::size_t end, bool has_quotes);
  /// Behind `<words|words>`; absent where a redirection is meant.
  std::optional<std::size_t> placeholder_end(std::size_t at) const;

  const Located& in_;
  std::string_view text_;
  std::size_t at_ = 0;
  ShellCommand command_;              ///< the one that is being read
  std::vector<Located> substituted_;  ///< texts of the $(..) in it

 private:
  void bare(ShellWord& word);
  /// `~` and `~/..` at the start of a word, or of the value of an assignment.
  bool at_home(const ShellWord& word, std::size_t begin) const;
  void home(ShellWord& word);
  bool backslash(ShellWord& word);
  void single_quotes(ShellWord& word);
  /// `$'..'`, in which a backslash makes what it makes in C.
  void ansi_quotes(ShellWord& word);
  /// One character of it; empty where the rest of the quote is left out, as bash does behind NUL.
  std::string ansi_escape();
  void double_quotes(ShellWord& word);
  void close_quote(std::size_t open);
  /// `$NAME`, `${NAME}`, `${NAME:-text}`, `${NAME:=text}`, `${NAME?}`, and the same of numbers and
  /// lists; anything else only a shell can tell.
  void expansion(ShellWord& word, bool quoted);
  /// Takes what stands up to `end` for a variable; its bytes stand at the beginning, and the last
  /// one at the end.
  void variable(ShellWord& word, const std::string& name, std::size_t end, bool quoted);
  /// Reads on when the braces hold no more than a name and what stands in for it.
  bool braced(ShellWord& word, bool quoted);
  /// Goes behind a substitution.
  void skip_substitution();
  bool take_placeholder(ShellWord& word);
  /// `NAME={"..` without quotes: taken to the brace that closes it, as its author meant it.
  bool take_json(ShellWord& word, std::size_t begin);

  bool several_ = false;  ///< names of files, or what braces list, may come of the word
  bool known_ = true;
};

}  // namespace ipucnn::importing
