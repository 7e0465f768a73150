#include "import/shell_words.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "import/shell_word.h"

namespace ipucnn::importing {
namespace {

bool among(std::string_view word, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

class ShellReader : private WordReader {
 public:
  explicit ShellReader(const Located& text) : WordReader(text) {}

  std::vector<ShellCommand> run() {
    while (at_ < text_.size()) step();
    end_command(true);
    join_options();
    keep_prompted();
    return std::move(commands_);
  }

 private:
  /// Whatever stands between words.
  void step() {
    const char c = peek();
    if (is_blank(c)) {
      ++at_;
    } else if (const std::size_t length = line_end(at_); length > 0) {
      at_ += length;
      end_command(true);
      skip_here_documents();
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '\\' && between_words()) {
      return;
    } else if (c == ';') {
      ++at_;
      end_command(false);
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

  void take_operator(char c) {
    const std::size_t begin = at_;
    const bool doubled = peek(1) == c;
    at_ += doubled || looking_at("|&") ? 2 : 1;
    if (!doubled) gap(c == '&' ? ShellGap::Background : ShellGap::Pipe, begin, at_);
    end_command(false);
  }

  void take_parenthesis(char c) {
    ++at_;
    const bool is_function = c == '(' && command_.words.size() == 1 && peek() == ')';
    if (is_function) {
      ++at_;
      command_.words.clear();
      function_ = true;
      return;
    }
    end_command(false);
    if (c == '(') ++depth_;
    if (c == ')' && depth_ > 0) --depth_;
  }

  bool is_redirection() const {
    if (looking_at("&>")) return true;
    std::size_t at = at_;
    while (at < text_.size() && is_digit(text_[at])) ++at;
    if (at < text_.size() && text_[at] == '<' && !looking_at("<<") && placeholder_end(at))
      return false;
    return at < text_.size() && (text_[at] == '<' || text_[at] == '>');
  }

  void take_redirection() {
    const std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    const bool here_document = looking_at("<<") && !looking_at("<<<");
    while (peek() == '<' || peek() == '>' || peek() == '&' || peek() == '|' || peek() == '-') ++at_;
    at_ = behind_blanks(at_);
    ShellWord file;
    if (at_ < text_.size() && line_end(at_) == 0 && !ends_word(peek())) file = read_word();
    if (here_document) here_documents_.push_back(file.value.text);
    gap(ShellGap::Redirection, begin, at_);
  }

  void skip_here_documents() {
    for (const std::string& end : std::exchange(here_documents_, {})) {
      while (at_ < text_.size()) {
        const std::size_t line = std::min(text_.find('\n', at_), text_.size());
        std::string_view here = text_.substr(at_, line - at_);
        while (!here.empty() && here.front() == '\t') here.remove_prefix(1);
        at_ = std::min(line + 1, text_.size());
        if (here == end) break;
      }
    }
  }

  void take_word() {
    const std::size_t begin = at_;
    ShellWord word = read_word();
    if (at_ == begin) {  // nothing that could stand here
      ++at_;
      return;
    }
    const bool quoted = static_cast<std::size_t>(word.end - word.begin) != word.value.text.size();
    if (!command_.words.empty() || quoted || !take_special(word.value.text, begin))
      command_.words.push_back(std::move(word));
    command_.end = command_.words.empty() ? command_.end : command_.words.back().end;
  }

  /// A first word that is no command: a prompt, or a word of the shell's own grammar.
  bool take_special(std::string_view word, std::size_t begin) {
    const bool place = word.size() > 1 && word.find_first_of("@:~)") != word.npos;
    const bool prompt = (word == "$" || word == "%" || word == ">" ||
                         (place && (word.back() == '$' || word.back() == '#'))) &&
                        is_blank(peek());
    if (prompt) {
      fault(ShellFault::Prompt, begin, at_);
      command_.prompted = true;
      return true;
    }
    if (among(word, {"for", "while", "until", "if", "case", "select"})) {
      ++compound_;
      in_head_ = among(word, {"for", "case", "select"});
      return !in_head_;
    }
    if (among(word, {"done", "fi", "esac", "}"})) {
      if (compound_ > 0) --compound_;
      return true;
    }
    if (word == "{") {
      ++compound_;
      function_ = false;
      return true;
    }
    return among(word, {"do", "then", "else", "elif", "!", "time"});
  }

  void end_command(bool at_line_end) {
    if (in_head_) command_.words.clear();  // the list of a loop is no command
    in_head_ = false;
    command_.ends_line = at_line_end;
    command_.depth = depth_;
    if (!command_.words.empty()) {
      if (compound_ > 0 || function_)
        command_.gaps.push_back({ShellGap::Compound, command_.words.front().begin, command_.end});
      commands_.push_back(std::move(command_));
      joins_.push_back(!gap_above_);
      gap_above_ = false;
    } else {
      gap_above_ = gap_above_ || at_line_end;
    }
    command_ = {};
  }

  /// Options at the start of a line belong to the command above them.
  void join_options() {
    std::vector<ShellCommand> joined;
    for (std::size_t i = 0; i < commands_.size(); ++i) {
      ShellCommand& here = commands_[i];
      const std::string& first = here.words.front().value.text;
      const bool options = first.size() > 1 && first.front() == '-' && !here.prompted;
      if (!options || joined.empty() || !joined.back().ends_line || !joins_[i]) {
        joined.push_back(std::move(here));
        continue;
      }
      ShellCommand& above = joined.back();
      above.faults.push_back(
          {ShellFault::LostBackslash, above.words.back().begin, above.words.back().end});
      for (ShellWord& word : here.words) above.words.push_back(std::move(word));
      above.faults.insert(above.faults.end(), here.faults.begin(), here.faults.end());
      above.gaps.insert(above.gaps.end(), here.gaps.begin(), here.gaps.end());
      above.ends_line = here.ends_line;
      above.end = here.end;
    }
    commands_ = std::move(joined);
  }

  /// Where one command has a prompt, lines without are what the commands printed.
  void keep_prompted() {
    const bool prompts = std::any_of(commands_.begin(), commands_.end(),
                                     [](const ShellCommand& c) { return c.prompted; });
    bool kept = false;  // behind `&&` and `;` the prompt still holds
    bool new_line = true;
    if (!prompts) return;
    std::erase_if(commands_, [&](const ShellCommand& c) {
      kept = c.prompted || (kept && !new_line);
      new_line = c.ends_line;
      return !kept;
    });
  }

  std::vector<ShellCommand> commands_;
  std::vector<bool> joins_;  ///< no empty line stands above the command
  std::vector<std::string> here_documents_;
  std::uint32_t depth_ = 0;
  std::uint32_t compound_ = 0;
  bool in_head_ = false;
  bool function_ = false;
  bool gap_above_ = false;  ///< an empty line or a comment behind the last command
};

}  // namespace

std::vector<ShellCommand> read_shell(const Located& text) { return ShellReader(text).run(); }

}  // namespace ipucnn::importing
