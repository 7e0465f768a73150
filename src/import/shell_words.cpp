#include "import/shell_words.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "import/shell_redirect.h"
#include "import/shell_tidy.h"

namespace ipucnn::importing {
namespace {

class ShellReader : private RedirectReader {
 public:
  ShellReader(const Located& text, int depth) : RedirectReader(text, depth) {}

  std::vector<ShellCommand> run() {
    while (at_ < text_.size()) step();
    end_command(true);
    close_all();
    settle_pipes(commands_);
    join_options(commands_, joins_);
    keep_prompted(commands_);
    return std::move(commands_);
  }

 private:
  /// Whatever stands between words.
  void step() {
    const char c = peek();
    if (is_blank(c)) {
      ++at_;
    } else if (const std::size_t wide = other_blank(at_); wide > 0) {
      fault(ShellFault::OtherBlank, at_, at_ + wide);
      at_ += wide;
    } else if (const std::size_t length = line_end(at_); length > 0) {
      if (length == 2) fault(ShellFault::CarriageReturn, at_, at_ + 1);
      at_ += length;
      end_command(true);
      take_here_documents();
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (!open_.empty() && open_.back().in_pattern) {
      take_pattern();
    } else if (c == '\\' && between_words()) {
      return;
    } else if (c == ';') {
      take_semicolon();
    } else if (looking_at("<(") || looking_at(">(")) {
      take_process();
    } else if (is_redirection()) {
      take_redirection();
    } else if (c == '&' || c == '|') {
      take_operator(c);
    } else if (c == '(' || c == ')') {
      take_parenthesis(c);
    } else {
      take_word();
    }
  }

  /// A backslash that stands where a word could begin: true when none does.
  bool between_words() {
    if (const std::size_t length = line_end(at_ + 1); length > 0) {
      if (length == 2) fault(ShellFault::CarriageReturn, at_ + 1, at_ + 2);
      at_ += 1 + length;
      skip_prompt_of_continuation();
      return true;
    }
    if (!is_blank(peek(1))) return at_ + 1 == text_.size() ? (++at_, true) : false;
    const std::size_t behind = behind_blanks(at_ + 1);
    const std::size_t length = line_end(behind);
    if (length > 0 || behind == text_.size()) {
      fault(ShellFault::BlankBehindBackslash, at_, behind);
      at_ = behind + length;
      return true;
    }
    fault(ShellFault::StrayBlank, at_, at_ + 2);
    at_ = behind;
    return true;
  }

  /// `> ` at the start of a line that goes on is what an interactive shell wrote.
  void skip_prompt_of_continuation() {
    const std::size_t start = behind_blanks(at_);
    if (command_.prompted && text_.substr(start, 2) == "> ") at_ = start + 2;
  }

  void take_semicolon() {
    const bool ends_section = peek(1) == ';' || peek(1) == '&';
    ++at_;
    end_command(false);
    if (!ends_section || open_.empty() || open_.back().kind != ShellBlock::Case) return;
    while (peek() == ';' || peek() == '&') ++at_;
    open_.back().in_pattern = true;
  }

  /// `a|b)` in front of a section, or the end of the `case`.
  void take_pattern() {
    if (looking_at("esac") && (at_ + 4 == text_.size() || ends_word(peek(4)))) {
      at_ += 4;
      close(ShellBlock::Case);
      return;
    }
    const ShellCommand kept = std::exchange(command_, {});
    while (at_ < text_.size() && peek() != ')') {
      const std::size_t begin = at_;
      if (!ends_word(peek())) read_word();
      if (at_ == begin) ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
    command_ = kept;
    open_.back().in_pattern = false;
    add_border(ShellRole::Section, ShellBlock::Case);
  }

  void take_operator(char c) {
    const std::size_t begin = at_;
    const bool doubled = peek(1) == c;
    at_ += doubled || looking_at("|&") ? 2 : 1;
    if (!doubled) gap(c == '&' ? ShellGap::Background : ShellGap::Pipe, begin, at_);
    const std::size_t before = commands_.size();
    end_command(false);
    if (!doubled && c == '|' && !commands_.empty() &&
        (commands_.size() > before || commands_.back().role == ShellRole::Close))
      commands_.back().piped = true;
    if (doubled)
      link_ = c == '&' ? ShellLink::And : ShellLink::Or;
    else if (c == '|')
      link_ = ShellLink::Pipe;
  }

  void take_parenthesis(char c) {
    if (c == '(' && command_.words.size() == 1 && text_.substr(behind_blanks(at_ + 1), 1) == ")") {
      at_ = behind_blanks(at_ + 1) + 1;
      open_function();
      return;
    }
    const bool first = command_.words.empty();
    if (c == '(' && first && take_arithmetic()) return;
    ++at_;
    end_command(false);
    if (c == '(')
      open(ShellBlock::Subshell, at_ - 1);
    else
      close(ShellBlock::Subshell);
  }

  /// `((..))`: a command whose words are the names in it, any of which it may set.
  bool take_arithmetic() {
    constexpr std::size_t kLongest = 1000;  // so that no text is gone through again and again
    if (!looking_at("((")) return false;
    const std::size_t begin = at_;
    const std::string_view all = text_;
    text_ = text_.substr(0, begin + kLongest);
    skip_nested('(', ')');
    text_ = all;
    if (at_ < begin + 4 || text_.substr(at_ - 2, 2) != "))") {
      at_ = begin;
      return false;
    }
    add_word("((", begin, begin + 2);
    for (std::size_t i = begin + 2; i < at_; ++i) {
      std::size_t end = i;
      while (end < at_ && is_variable_name(text_.substr(i, end + 1 - i))) ++end;
      if (end > i) add_word(text_.substr(i, end - i), i, end);
      i = std::max(i, end);
    }
    note_substitutions(begin + 2, at_, false);
    command_.end = end_offset(at_);
    return true;
  }

  void take_word() {
    const std::size_t begin = at_;
    ShellWord word = read_word();
    if (at_ == begin) {  // nothing that could stand here
      ++at_;
      return;
    }
    if (peek() == '(' && is_list_name(word)) return take_list(word);
    const bool plain = static_cast<std::size_t>(word.end - word.begin) == word.value.text.size();
    if (command_.words.empty() && plain && take_special(word.value.text, begin)) return;
    push_word(std::move(word));
  }

  /// `NAME=` or `NAME+=`, where a list can be set.
  bool is_list_name(const ShellWord& word) const {
    std::string_view name = word.value.text;
    if (word.quoted || name.empty() || name.back() != '=') return false;
    name.remove_suffix(name.ends_with("+=") ? 2 : 1);
    return is_variable_name(name);
  }

  void take_list(const ShellWord& head) {
    ShellList list;
    list.appends = head.value.text.ends_with("+=");
    list.name = head.value.text.substr(0, head.value.text.size() - (list.appends ? 2 : 1));
    list.begin = head.begin;
    ++at_;
    while (at_ < text_.size() && peek() != ')') {
      if (peek() == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      const std::size_t length = peek() == '\\' ? line_end(at_ + 1) : 0;
      const std::size_t begin = at_;
      if (length > 0)
        at_ += 1 + length;
      else if (at_ < text_.size() && line_end(at_) == 0 && !ends_word(peek()))
        list.words.push_back(read_word());
      if (at_ == begin && peek() != ')') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
    list.end = end_offset(at_);
    if (command_.words.empty() && command_.lists.empty()) command_.begin = list.begin;
    command_.end = list.end;
    command_.lists.push_back(std::move(list));
  }

  /// A first word that is no command: a prompt, or a word of the shell's own grammar.
  bool take_special(std::string_view word, std::size_t begin) {
    if (is_prompt(word)) {
      fault(ShellFault::Prompt, begin, at_);
      command_.prompted = true;
      return true;
    }
    if (word == "!") return command_.negated = true;
    if (word == "do" || word == "coproc") return true;
    if (word == "time") {
      if (const std::size_t next = behind_blanks(at_); text_.substr(next, 3) == "-p ")
        at_ = next + 2;
      return true;
    }
    return opens(word, begin) || goes_on(word) || closes(word) ||
           (word == "[[" && skip_test(begin));
  }

  bool is_prompt(std::string_view word) const {
    const bool place = word.size() > 1 && word.find_first_of("@:~)") != word.npos;
    return (word == "$" || word == "%" || word == ">" ||
            (place && (word.back() == '$' || word.back() == '#'))) &&
           is_blank(peek());
  }

  bool opens(std::string_view word, std::size_t begin) {
    if (word == "if") return open(ShellBlock::If, begin);
    if (word == "while" || word == "until") return open(ShellBlock::Loop, begin);
    if (word == "{") return open(ShellBlock::Group, begin);
    if (word == "case") return open_case(begin);
    if (word == "for" || word == "select") return open_for(begin, word == "for");
    if (word != "function") return false;
    at_ = behind_blanks(at_);
    command_.words.push_back(read_word());
    if (const std::size_t next = behind_blanks(at_); text_.substr(next, 1) == "(")
      at_ = std::min(text_.find(')', next), text_.size() - 1) + 1;
    open_function();
    return true;
  }

  bool goes_on(std::string_view word) {
    if (word != "then" && word != "elif" && word != "else") return false;
    if (open_.empty() || open_.back().kind != ShellBlock::If) return true;
    if (word != "then" || !open_.back().has_sections)
      add_border(ShellRole::Section, ShellBlock::If);
    open_.back().has_sections = true;
    return true;
  }

  bool closes(std::string_view word) {
    if (word == "fi")
      close(ShellBlock::If);
    else if (word == "done")
      close(ShellBlock::Loop);
    else if (word == "esac")
      close(ShellBlock::Case);
    else if (word == "}")
      close(ShellBlock::Group);
    else
      return false;
    return true;
  }

  bool skip_test(std::size_t begin) {
    ShellCommand kept = command_;
    for (std::string_view last; at_ < text_.size() && last != "]]" && line_end(at_) == 0;) {
      const std::size_t from = at_;
      if (!ends_word(peek())) read_word();
      last = text_.substr(from, at_ - from);
      if (at_ == from) ++at_;
    }
    command_ = std::move(kept);
    add_word("[[", begin, begin + 2);
    return true;
  }

  /// Words up to the end of a head; `stop` ends it, and is no part of it.
  void read_head(std::string_view stop) {
    while (at_ < text_.size()) {
      at_ = behind_blanks(at_);
      const std::size_t length = peek() == '\\' ? line_end(at_ + 1) : 0;
      if (length > 0) {
        at_ += 1 + length;
        continue;
      }
      const std::size_t begin = at_;
      if (at_ == text_.size() || line_end(at_) > 0 || ends_word(peek()) || peek() == '#') return;
      ShellWord word = read_word();
      if (at_ == begin || word.value.text == stop) return;
      push_word(std::move(word));
    }
  }

  bool open_for(std::size_t begin, bool is_for) {
    at_ = behind_blanks(at_);
    if (take_arithmetic()) {
      end_command(false);
      return open(ShellBlock::Loop, begin);
    }
    read_head("do");
    for (ShellWord& word : command_.words) word.known = word.known && is_for;
    return open(ShellBlock::For, begin);
  }

  bool open_case(std::size_t begin) {
    read_head("in");
    open(ShellBlock::Case, begin);
    open_.back().in_pattern = true;
    return true;
  }

  void open_function() {
    const std::uint32_t begin = command_.words.empty() ? 0 : command_.words.front().begin;
    open(ShellBlock::Function, at_);
    commands_.back().begin = begin;
  }
};

}  // namespace

std::string_view text_at(const ShellCommand& command, std::size_t word) {
  return word < command.words.size() ? std::string_view(command.words[word].value.text)
                                     : std::string_view();
}

std::vector<ShellCommand> read_shell(const Located& text) { return read_shell(text, 0); }

std::vector<ShellCommand> read_shell(const Located& text, int depth) {
  return ShellReader(text, depth).run();
}

}  // namespace ipucnn::importing
