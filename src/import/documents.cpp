#include "import/documents.h"

#include <algorithm>

#include "base/text.h"
#include "base/trim.h"
#include "import/cell_reader.h"
#include "import/command.h"
#include "import/document_lines.h"
#include "import/makefile.h"
#include "import/notebook.h"
#include "import/yaml_commands.h"

namespace ipucnn::importing {
namespace {

std::size_t indent_of(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if (c != ' ' && c != '\t') break;
    columns += c == '\t' ? 4 - columns % 4 : 1;
  }
  return columns;
}

bool is_empty(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

enum class Language : std::uint8_t { Shell, Unmarked, Other };

/// By what stands behind a fence or a directive: `bash`, `{.sh}`, `console title="x"`.
Language language_of_block(std::string_view info) {
  const std::size_t begin = info.find_first_not_of(" \t{.");
  if (begin == info.npos || info[begin] == '\r') return Language::Unmarked;
  info.remove_prefix(begin);
  const std::string name = to_lower(info.substr(0, info.find_first_of(" \t\r},:=")));
  for (const std::string_view shell :
       {"sh", "bash", "shell", "console", "zsh", "terminal", "ksh", "shell-session", "sh-session",
        "shellsession", "bashsession", "shellscript", "commandline", "cmd", "dash"})
    if (name == shell) return Language::Shell;
  for (const std::string_view none :
       {"text", "txt", "none", "plaintext", "plain", "code", "output"})
    if (name == none) return Language::Unmarked;
  return Language::Other;
}

/// Whether a block of which nobody says what it is begins with something to type: no table, no
/// data, no log and no options alone.
bool begins_as_command(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == line.npos || line[begin] == '#') continue;
    line.remove_prefix(begin);
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    const bool closed =
        (word.ends_with(':') || word.ends_with(',')) && word.find_first_of("='\"") == word.npos;
    return std::string_view("|+-=*<{}]0123456789").find(line[0]) == line.npos &&
           (line[0] != '[' || word == "[" || word == "[[" || word.ends_with('$')) && !closed;
  }
  return false;
}

/// What the readers of documents have in common.
class DocumentReader {
 protected:
  explicit DocumentReader(std::string_view text) : lines_(lines_of(text)) {}

  /// Code between backticks, which can go on in the next line.
  void prose(const Line& line) {
    if (open_ticks_ > 0) code_.add(' ', static_cast<std::uint32_t>(line.begin));
    for (std::size_t at = 0; at < line.text.size();) {
      const std::size_t end = std::min(line.text.find_first_not_of('`', at), line.text.size());
      const std::size_t ticks = end - at;
      if (ticks > 0 && open_ticks_ == 0) {
        open_ticks_ = ticks;
        code_ = {};
      } else if (ticks > 0 && ticks == open_ticks_) {
        open_ticks_ = 0;
        if (is_command(code_.text))
          found_.push_back({std::move(code_), {}, {}, section_, true, {}});
        code_ = {};
      } else {
        const std::size_t stop = ticks > 0 ? end : at + 1;
        for (; open_ticks_ > 0 && at < stop; ++at)
          code_.add(line.text[at], static_cast<std::uint32_t>(line.begin + at));
        at = stop;
        continue;
      }
      at = end;
    }
  }

  /// Whether it is more than the name of a program, and all of a command.
  static bool is_command(std::string_view code) {
    for (const std::string_view left_out : {"...", "\xE2\x80\xA6", "<"})
      if (code.find(left_out) != code.npos) return false;
    const std::size_t begin = code.find_first_not_of(' ');
    if (begin == code.npos) return false;
    code.remove_prefix(begin);
    return starts_program(code.substr(0, code.find(' '))) && code.find(" -") != code.npos;
  }

  /// The line without the indentation of its block.
  static void add(Located& text, const Line& line, std::size_t indent) {
    std::size_t skip = 0;
    while (skip < line.text.size() && (line.text[skip] == ' ' || line.text[skip] == '\t') &&
           indent_of(line.text.substr(0, skip + 1)) <= indent)
      ++skip;
    for (std::size_t i = skip; i < line.text.size(); ++i)
      text.add(line.text[i], static_cast<std::uint32_t>(line.begin + i));
    text.add('\n', static_cast<std::uint32_t>(line.begin + line.text.size()));
  }

  void take(Located text, std::string_view language) {
    const Language known = language_of_block(language);
    const bool reads =
        known == Language::Shell || (known == Language::Unmarked && begins_as_command(text.text));
    if (!reads) return;
    found_.push_back({std::move(text), {}, {}, section_, false, {}});
    section_ = false;
  }

  /// What stands in a cell of a notebook that is written as a document.
  void take_cell(const Located& text, std::string_view language) {
    if (language_of_block(language) == Language::Shell) return take(text, language);
    cells_.read(text);
    for (CommandText& command : cells_.found) found_.push_back(std::move(command));
    cells_.found.clear();
  }

  CellReader cells_;
  std::vector<Line> lines_;
  std::size_t next_ = 0;
  bool section_ = false;
  std::size_t open_ticks_ = 0;  ///< of the code that goes on
  Located code_;
  std::vector<CommandText> found_;
};

class MarkdownReader : public DocumentReader {
 public:
  explicit MarkdownReader(std::string_view text) : DocumentReader(text) {}

  std::vector<CommandText> run() {
    bool paragraph = false;  // an indented line goes on with it
    while (next_ < lines_.size()) {
      const std::string_view line = lines_[next_].text;
      if (borders_container(behind_quote(lines_[next_]).text)) {
        open_ticks_ = 0;
        paragraph = false;
        ++next_;
      } else if (is_fence(behind_quote(lines_[next_]).text)) {
        fenced();
        paragraph = false;
      } else if (!paragraph && !is_empty(line) && indent_of(line) >= 4) {
        indented();
      } else {
        const bool heading = line.substr(0, 1) == "#";
        if (heading) section_ = true;
        if (heading || is_empty(line)) open_ticks_ = 0;
        paragraph = !is_empty(line) && !heading;
        if (paragraph) prose(lines_[next_]);
        ++next_;
      }
    }
    return std::move(found_);
  }

 private:
  /// What of a line in a block quote is quoted; another line as it is.
  static Line behind_quote(Line line) {
    for (std::size_t at = line.text.find_first_not_of(' '); at < 4 && line.text[at] == '>';
         at = line.text.find_first_not_of(' ')) {
      at += line.text.substr(at + 1, 1) == " " ? 2 : 1;
      line.text.remove_prefix(at);
      line.begin += at;
    }
    return line;
  }

  /// What stands behind a directive that shows code, as in `:::{code-block} bash`.
  static std::optional<std::string_view> language_of_directive(std::string_view info) {
    for (const std::string_view name : {"{code-block}", "{code}", "{sourcecode}", "{code-cell}",
                                        "{code-tab}", "{prompt}", "{parsed-literal}"})
      if (info.starts_with(name)) return info.substr(name.size());
    return std::nullopt;
  }

  /// Whether what stands in a directive is Markdown as well.
  static bool is_container(std::string_view info) {
    constexpr std::string_view kNames[] = {
        "note",      "warning",   "tip",     "hint",      "important", "caution",
        "danger",    "attention", "error",   "seealso",   "todo",      "admonition",
        "tab-set",   "tab-item",  "tabs",    "tab",       "group-tab", "dropdown",
        "details",   "toggle",    "grid",    "grid-item", "card",      "grid-item-card",
        "list-item", "margin",    "sidebar", "aside",     "topic",     "container",
        "div",       "exercise",  "example", "solution",  "step",      "steps"};
    if (!info.starts_with('{')) return false;
    const std::string_view name = info.substr(1, info.find('}') - 1);
    return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
  }

  static std::string_view fence_of(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == line.npos || std::string_view("`~:").find(line[begin]) == line.npos) return {};
    const std::size_t end = std::min(line.find_first_not_of(line[begin], begin), line.size());
    return end - begin >= 3 ? line.substr(begin, end - begin) : std::string_view();
  }
  static bool is_fence(std::string_view line) {
    const std::string_view fence = fence_of(line);
    return !fence.empty() && (fence[0] != ':' || language_of_directive(info_of(line, fence)));
  }
  static std::string_view info_of(std::string_view line, std::string_view fence) {
    return line.substr(static_cast<std::size_t>(fence.data() + fence.size() - line.data()));
  }

  /// Goes into a directive that holds Markdown, or out of it.
  bool borders_container(std::string_view line) {
    const std::string_view fence = fence_of(line);
    if (fence.empty() || fence[0] == ':') return false;
    const std::string_view info = info_of(line, fence);
    if (is_container(info)) {
      containers_.push_back(fence);
      return true;
    }
    const bool closes = !containers_.empty() && fence[0] == containers_.back()[0] &&
                        fence.size() >= containers_.back().size() && is_empty(info);
    if (closes) containers_.pop_back();
    return closes;
  }

  /// Goes behind the options of a directive.
  void skip_options() {
    const auto shown = [&] { return trimmed(lines_[next_].text, " \t\r"); };
    if (next_ < lines_.size() && shown() == "---") {
      for (++next_; next_ < lines_.size() && shown() != "---";) ++next_;
      next_ = std::min(next_ + 1, lines_.size());
    }
    while (next_ < lines_.size() && shown().starts_with(':') && !is_fence_end(shown())) ++next_;
  }
  static bool is_fence_end(std::string_view shown) {
    return shown.find_first_not_of(':') == shown.npos;
  }

  void fenced() {
    open_ticks_ = 0;
    const Line open = behind_quote(lines_[next_]);
    const bool quoted = open.begin != lines_[next_].begin;
    const std::string_view fence = fence_of(open.text);
    const std::string_view info = info_of(open.text, fence);
    const std::size_t indent = indent_of(open.text);
    const auto language = language_of_directive(info);
    ++next_;
    if (language) skip_options();
    Located text;
    for (; next_ < lines_.size(); ++next_) {
      const Line line = quoted ? behind_quote(lines_[next_]) : lines_[next_];
      if (quoted && line.begin == lines_[next_].begin) break;
      const std::string_view closing = fence_of(line.text);
      if (closing.size() >= fence.size() && closing.front() == fence.front()) {
        ++next_;
        break;
      }
      add(text, line, indent);
    }
    if (info.starts_with("{code-cell}")) return take_cell(text, *language);
    take(std::move(text), language.value_or(info));
  }

  void indented() {
    open_ticks_ = 0;
    Located text;
    for (; next_ < lines_.size(); ++next_) {
      const std::string_view line = lines_[next_].text;
      if (!is_empty(line) && indent_of(line) < 4) break;
      add(text, lines_[next_], 4);
    }
    take(std::move(text), {});
  }

  std::vector<std::string_view> containers_;  ///< fences of the directives around a line
};

class RstReader : public DocumentReader {
  static constexpr std::string_view kBlanks = " \t\r";
  static constexpr const char* kCell = ".. jupyter-execute::";

 public:
  explicit RstReader(std::string_view text) : DocumentReader(text) {}

  std::vector<CommandText> run() {
    while (next_ < lines_.size()) {
      const std::string_view line = lines_[next_].text;
      const std::size_t indent = indent_of(line);
      const std::string_view shown = trimmed(line, kBlanks);
      ++next_;
      if (const auto language = language_of(shown)) {
        block(indent, *language, shown.starts_with(kCell));
      } else if (shown.ends_with("::") && !shown.starts_with("..")) {
        prose(lines_[next_ - 1]);
        block(indent, {});
      } else if (is_rule(shown)) {
        section_ = true;
      } else if (is_empty(line)) {
        open_ticks_ = 0;
      } else {
        prose(lines_[next_ - 1]);
      }
    }
    return std::move(found_);
  }

 private:
  /// Of a directive that shows code; absent where it is none.
  static std::optional<std::string_view> language_of(std::string_view shown) {
    for (const std::string_view name :
         {".. code-block::", ".. code::", ".. sourcecode::", ".. prompt::", ".. parsed-literal::",
          ".. code-tab::", kCell})
      if (shown.starts_with(name)) return shown.substr(name.size());
    return std::nullopt;
  }

  /// A line under or over a heading.
  static bool is_rule(std::string_view shown) {
    constexpr std::string_view kMarks = "=-~^\"'`#*+.:_";
    return shown.size() > 2 && kMarks.find(shown[0]) != kMarks.npos &&
           shown.find_first_not_of(shown[0]) == shown.npos;
  }

  /// What is indented more than the line above it, without the directive's options.
  void block(std::size_t above, std::string_view language, bool is_cell = false) {
    open_ticks_ = 0;
    while (next_ < lines_.size() && trimmed(lines_[next_].text, kBlanks).starts_with(':')) ++next_;
    Located text;
    std::optional<std::size_t> indent;
    for (; next_ < lines_.size(); ++next_) {
      const std::string_view line = lines_[next_].text;
      if (!is_empty(line) && indent_of(line) <= above) break;
      if (!is_empty(line) && !indent) indent = indent_of(line);
      add(text, lines_[next_], indent.value_or(0));
    }
    if (is_cell) return take_cell(text, language);
    take(std::move(text), language);
  }
};

}  // namespace

std::vector<CommandText> markdown_commands(std::string_view text) {
  return MarkdownReader(text).run();
}

std::vector<CommandText> command_texts(const Places& places, CommandSource kind, std::size_t begin,
                                       const std::vector<Node>& documents, Diagnostics& out) {
  switch (kind) {
    case CommandSource::Markdown:
      return markdown_commands(places.text());
    case CommandSource::Rst:
      return RstReader(places.text()).run();
    case CommandSource::Yaml:
      return yaml_commands(places, documents);
    case CommandSource::Notebook:
      return notebook_commands(places, out);
    case CommandSource::Shell:
      break;
  }
  if (is_makefile(places.name(), places.text())) return makefile_commands(places.text());
  begin = std::max(begin, behind_mark(places.text()));
  return {{take_part(places.text(), begin, places.text().size()), {}, {}, true, false, {}}};
}

}  // namespace ipucnn::importing
