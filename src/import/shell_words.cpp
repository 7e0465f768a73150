#include "import/shell_words.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace ipucnn::importing {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || is_digit(c); }

bool among(std::string_view word, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

class ShellReader {
 public:
  explicit ShellReader(const Located& text) : in_(text), text_(text.text) {}

  std::vector<ShellCommand> run() {
    while (at_ < text_.size()) step();
    end_command(true);
    join_options();
    keep_prompted();
    return std::move(commands_);
  }

 private:
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
  }

  /// Length of the line end at `at`; 0 when there is none.
  std::size_t line_end(std::size_t at) const {
    if (at < text_.size() && text_[at] == '\n') return 1;
    return text_.substr(at, 2) == "\r\n" ? 2 : 0;
  }
  std::size_t behind_blanks(std::size_t at) const {
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return at;
  }

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

  static bool ends_word(char c) {
    return is_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')' ||
           c == '<' || c == '>';
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

  // --- one word
  // -----------------------------------------------------------------------------------

  ShellWord read_word() {
    ShellWord word;
    word.begin = offset(at_);
    const std::size_t begin = at_;
    bare_braces_ = false;
    while (at_ < text_.size()) {
      const char c = peek();
      if (line_end(at_) > 0) break;
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
    if (bare_braces_) gap(ShellGap::Substitution, begin, at_);
    return word;
  }

  void bare(ShellWord& word) {
    if (peek() == '{') {
      const std::size_t close = text_.find_first_of("} \t\n", at_);
      const std::string_view inside =
          close == text_.npos || text_[close] != '}' ? "" : text_.substr(at_, close - at_);
      bare_braces_ =
          bare_braces_ || inside.find(',') != inside.npos || inside.find("..") != inside.npos;
    }
    word.value.add(peek(), offset(at_));
    ++at_;
  }

  /// `~` and `~/..` at the start of a word, or of the value of an assignment.
  bool at_home(const ShellWord& word, std::size_t begin) const {
    const char next = peek(1);
    const bool alone = next == '/' || next == '\0' || is_blank(next) || next == '\n';
    if (!alone) return false;
    if (at_ == begin) return true;
    return command_.words.empty() && word.value.text.back() == '=' &&
           is_variable_name(
               std::string_view(word.value.text).substr(0, word.value.text.size() - 1));
  }
  void home(ShellWord& word) {
    word.value.add("${env:HOME}", offset(at_));
    ++at_;
  }

  bool backslash(ShellWord& word) {
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
    at_ += 2;
    return true;
  }

  void single_quotes(ShellWord& word) {
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

  void double_quotes(ShellWord& word) {
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

  void close_quote(std::size_t open) {
    if (at_ < text_.size())
      ++at_;
    else
      fault(ShellFault::OpenQuote, open, open + 1);
  }

  /// `$NAME`, `${NAME}`, `${NAME:-text}`, `${NAME?}`; anything else only a shell can tell.
  void expansion(ShellWord& word, bool quoted) {
    const std::size_t begin = at_;
    if (peek() == '$' && is_name_start(peek(1))) {
      std::size_t end = at_ + 1;
      while (end < text_.size() && is_name(text_[end])) ++end;
      word.value.add("${env:" + std::string(text_.substr(at_ + 1, end - at_ - 1)) + "}",
                     offset(at_));
      at_ = end;
      return;
    }
    if (looking_at("${") && braced(word)) return;
    const char next = peek(1);
    const bool substitution =
        peek() == '`' || next == '(' || next == '{' || is_digit(next) ||
        (!quoted && (next == '\'' || next == '"')) ||
        (next != '\0' && std::string_view("@*#?$!-").find(next) != std::string_view::npos);
    if (!substitution) {
      word.value.add('$', offset(at_));
      ++at_;
      return;
    }
    skip_substitution();
    for (std::size_t i = begin; i < at_; ++i) word.value.add(text_[i], offset(i));
    gap(ShellGap::Substitution, begin, at_);
  }

  /// Reads on when the braces hold no more than a name and what stands in for it.
  bool braced(ShellWord& word) {
    const std::size_t close = text_.find('}', at_);
    if (close == text_.npos) return false;
    const std::string_view inside = text_.substr(at_ + 2, close - at_ - 2);
    std::size_t name = 0;
    while (name < inside.size() && is_name(inside[name])) ++name;
    if (name == 0 || !is_name_start(inside[0])) return false;
    std::string_view rest = inside.substr(name);
    const bool demanded = rest.substr(0, 1) == "?" || rest.substr(0, 2) == ":?";
    const bool defaulted = rest.substr(0, 2) == ":-";
    if (!rest.empty() && !demanded && !defaulted) return false;
    if (rest.find_first_of("$`\"'\\\n") != rest.npos) return false;
    word.value.add("${env:" + std::string(inside.substr(0, name)) +
                       (defaulted ? std::string(rest) : std::string()) + "}",
                   offset(at_));
    at_ = close + 1;
    return true;
  }

  /// Goes behind a substitution, the parentheses and braces in it counted.
  void skip_substitution() {
    if (peek() == '`') {
      const std::size_t close = text_.find('`', at_ + 1);
      at_ = close == text_.npos ? text_.size() : close + 1;
      return;
    }
    ++at_;
    const char open = peek();
    if (open != '(' && open != '{') {
      ++at_;
      if (open != '\'' && open != '"') return;
      const std::size_t close = text_.find(open, at_);
      at_ = close == text_.npos ? text_.size() : close + 1;
      return;
    }
    const char close = open == '(' ? ')' : '}';
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      if (peek() == open) ++depth;
      if (peek() == close) --depth;
      ++at_;
      if (depth == 0) return;
    }
  }

  /// Behind `<words|words>`; absent where a redirection is meant.
  std::optional<std::size_t> placeholder_end(std::size_t at) const {
    const std::size_t close = text_.find_first_of(">\n", at);
    if (close == text_.npos || text_[close] != '>' || close == at + 1) return std::nullopt;
    const std::string_view inside = text_.substr(at + 1, close - at - 1);
    const bool words = std::all_of(inside.begin(), inside.end(), [](char c) {
      return is_name(c) || c == ' ' || c == '|' || c == '-' || c == '.' || c == '/' || c == ',';
    });
    if (!words || is_blank(inside.front()) || is_blank(inside.back())) return std::nullopt;
    return close + 1;
  }
  bool take_placeholder(ShellWord& word) {
    const auto end = placeholder_end(at_);
    if (!end) return false;
    fault(ShellFault::Placeholder, at_, *end);
    for (; at_ < *end; ++at_) word.value.add(peek(), offset(at_));
    return true;
  }

  /// `NAME={"..` without quotes: taken to the brace that closes it, as its author meant it.
  bool take_json(ShellWord& word, std::size_t begin) {
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

  // --- whole commands
  // -----------------------------------------------------------------------------

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

  const Located& in_;
  std::string_view text_;
  std::size_t at_ = 0;
  ShellCommand command_;
  std::vector<ShellCommand> commands_;
  std::vector<bool> joins_;  ///< no empty line stands above the command
  std::vector<std::string> here_documents_;
  std::uint32_t depth_ = 0;
  std::uint32_t compound_ = 0;
  bool in_head_ = false;
  bool function_ = false;
  bool bare_braces_ = false;
  bool gap_above_ = false;  ///< an empty line or a comment behind the last command
};

}  // namespace

bool is_variable_name(std::string_view text) {
  return !text.empty() && is_name_start(text.front()) &&
         std::all_of(text.begin(), text.end(), is_name);
}

std::vector<ShellCommand> read_shell(const Located& text) { return ShellReader(text).run(); }

}  // namespace ipucnn::importing
