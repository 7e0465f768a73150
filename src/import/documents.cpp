#include "import/documents.h"

#include <algorithm>

#include "import/command.h"

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

/// One line of a text without its end.
struct Line {
  std::string_view text;
  std::size_t begin = 0;
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t at = behind_mark(text); at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back({text.substr(at, end - at), at});
    at = end + 1;
  }
  return lines;
}

class MarkdownReader {
 public:
  explicit MarkdownReader(std::string_view text) : lines_(lines_of(text)) {}

  std::vector<CommandText> run() {
    bool paragraph = false;  // an indented line goes on with it
    while (next_ < lines_.size()) {
      const std::string_view line = lines_[next_].text;
      if (is_fence(line)) {
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
  static std::string_view fence_of(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == line.npos || (line[begin] != '`' && line[begin] != '~')) return {};
    const std::size_t end = std::min(line.find_first_not_of(line[begin], begin), line.size());
    return end - begin >= 3 ? line.substr(begin, end - begin) : std::string_view();
  }
  static bool is_fence(std::string_view line) { return !fence_of(line).empty(); }

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
        if (is_command(code_.text)) found_.push_back({std::move(code_), {}, {}, section_, true});
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

  void fenced() {
    open_ticks_ = 0;
    const std::string_view fence = fence_of(lines_[next_].text);
    const std::size_t indent = indent_of(lines_[next_].text);
    ++next_;
    Located text;
    for (; next_ < lines_.size(); ++next_) {
      const std::string_view closing = fence_of(lines_[next_].text);
      if (closing.size() >= fence.size() && closing.front() == fence.front()) {
        ++next_;
        break;
      }
      add(text, lines_[next_], indent);
    }
    take(std::move(text));
  }

  void indented() {
    open_ticks_ = 0;
    Located text;
    for (; next_ < lines_.size(); ++next_) {
      const std::string_view line = lines_[next_].text;
      if (!is_empty(line) && indent_of(line) < 4) break;
      add(text, lines_[next_], 4);
    }
    take(std::move(text));
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

  void take(Located text) {
    found_.push_back({std::move(text), {}, {}, section_, false});
    section_ = false;
  }

  std::vector<Line> lines_;
  std::size_t next_ = 0;
  bool section_ = false;
  std::size_t open_ticks_ = 0;  ///< of the code that goes on
  Located code_;
  std::vector<CommandText> found_;
};

/// Finds each byte of a YAML scalar's value in the text it was written in. Where a line end became
/// a blank, and behind an escape, the byte stands at what it was made of.
class ScalarPlaces {
 public:
  ScalarPlaces(const Places& places, Node scalar) : text_(places.text()) {
    const Span at = scalar.at();
    std::size_t line = 1;
    while (line < at.line && at_ < text_.size())
      if (text_[at_++] == '\n') ++line;
    if (at.line == 1) at_ = behind_mark(text_);
    at_ = std::min(at_ + at.column - 1, text_.size());
    value_ = scalar.text();
  }

  /// A folded scalar is one command, whose lines need no backslash; where one has it, and blanks
  /// behind it, the line end stays.
  Located run() {
    const bool folded = at_ < text_.size() && text_[at_] == '>';
    Located out = all();
    if (!folded) return out;
    for (std::size_t i = 0; i < out.text.size(); ++i) {
      if (out.text[i] != '\n') continue;
      const std::size_t last = out.text.find_last_not_of(" \t\n", i);
      if (last == std::string::npos || out.text[last] != '\\') out.text[i] = ' ';
    }
    return out;
  }

 private:
  Located all() {
    skip_head();
    Located out;
    for (const char c : value_) {
      const bool blank = c == ' ' || c == '\n' || c == '\t';
      if (!blank)
        while (at_ < text_.size() && is_white(text_[at_])) ++at_;
      out.add(c, static_cast<std::uint32_t>(std::min(at_, text_.size())));
      step(c, blank);
    }
    return out;
  }

  static bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

  void skip_head() {
    if (at_ >= text_.size()) return;
    quote_ = text_[at_] == '"' || text_[at_] == '\'' ? text_[at_] : '\0';
    if (quote_ != '\0') ++at_;
    if (text_[at_] != '|' && text_[at_] != '>') return;
    at_ = std::min(text_.find('\n', at_), text_.size());
  }

  void step(char c, bool blank) {
    if (at_ >= text_.size()) return;
    if (text_[at_] == c) {
      at_ += quote_ == '\'' && c == '\'' ? 2 : 1;
    } else if (blank && is_white(text_[at_])) {
      // A folded line end: its indentation goes with it.
      while (at_ < text_.size() && is_white(text_[at_])) ++at_;
    } else if (quote_ == '"' && text_[at_] == '\\') {
      at_ += 2;
    }
  }

  std::string_view text_;
  std::string_view value_;
  std::size_t at_ = 0;
  char quote_ = '\0';
};

class YamlReader {
 public:
  explicit YamlReader(const Places& places) : places_(places) {}

  void visit(Node node, std::string_view title, int depth) {
    constexpr int kDeepest = 8;
    if (depth > kDeepest) return;
    if (node.is_list())
      for (const Node item : node) visit(item, title, depth + 1);
    node.each_pair([&](Node key, Node value) {
      if (key.text() == "cmd" && value.is_scalar()) take(node, value, title);
      if (!value.is_alias_use()) visit(value, key.text(), depth + 1);
    });
  }
  std::vector<CommandText> found;

 private:
  void take(Node entry, Node command, std::string_view title) {
    CommandText text{ScalarPlaces(places_, command).run(), {}, title, true, false};
    entry.find("env").each_pair([&](Node name, Node value) {
      if (value.is_scalar()) text.env.emplace_back(name, value);
    });
    found.push_back(std::move(text));
  }

  const Places& places_;
};

}  // namespace

std::vector<CommandText> command_texts(const Places& places, CommandSource kind, std::size_t begin,
                                       Node yaml) {
  switch (kind) {
    case CommandSource::Markdown:
      return MarkdownReader(places.text()).run();
    case CommandSource::Yaml: {
      YamlReader reader(places);
      reader.visit(yaml, {}, 0);
      return std::move(reader.found);
    }
    case CommandSource::Shell:
      break;
  }
  begin = std::max(begin, behind_mark(places.text()));
  return {{take_part(places.text(), begin, places.text().size()), {}, {}, true, false}};
}

}  // namespace ipucnn::importing

namespace ipucnn {

std::optional<CommandSource> command_source(std::string_view name, std::string_view text) {
  if (name.ends_with(".md") || name.ends_with(".markdown")) return CommandSource::Markdown;
  if (name.ends_with(".sh") || name.ends_with(".bash")) return CommandSource::Shell;
  if (text.substr(0, 2) == "#!")
    return text.substr(0, text.find('\n')).find("sh") != text.npos
               ? std::optional(CommandSource::Shell)
               : std::nullopt;
  if (!name.ends_with(".yml") && !name.ends_with(".yaml")) return std::nullopt;
  for (const importing::Line& line : importing::lines_of(text)) {
    const std::size_t key = line.text.find_first_not_of(" \t-");
    if (key != line.text.npos && key > 0 && line.text.substr(key, 4) == "cmd:")
      return CommandSource::Yaml;
  }
  return std::nullopt;
}

}  // namespace ipucnn
