// Commands in YAML that other programs read.
#include "import/yaml_commands.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/shell_quote.h"

namespace ipucnn::importing {
namespace {

/// Finds each byte of a YAML scalar's value in the text it was written in. Where a line end became
/// a blank, and behind an escape, the byte stands at what it was made of.
class ScalarPlaces {
 public:
  ScalarPlaces(const Places& places, Node scalar)
      : text_(places.text()), value_(scalar.text()), at_(places.offset_of(scalar.at())) {}

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
  std::size_t at_;
  char quote_ = '\0';
};

/// `${{ matrix.size }}` of a workflow as a variable, which it is until the start; `${{ env.SIZE }}`
/// is the shell's own SIZE.
Located with_variables(Located text) {
  Located out;
  for (std::size_t i = 0; i < text.text.size(); ++i) {
    const std::size_t close = text.text.find("}}", i);
    if (text.text.compare(i, 3, "${{") != 0 || close == std::string::npos) {
      out.add(text.text[i], text.from[i]);
      continue;
    }
    out.add("${", text.from[i]);
    std::size_t begin = text.text.find_first_not_of(' ', i + 3);
    if (text.text.compare(begin, 4, "env.") == 0) begin += 4;
    for (std::size_t at = begin; at < close; ++at) {
      const char c = text.text[at];
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                          c == '.' || c == '-' || (c >= '0' && c <= '9');
      if (letter) out.add(c == '.' || c == '-' ? '_' : c, text.from[at]);
    }
    out.add('}', text.from[close + 1]);
    i = close + 1;
  }
  return out;
}

/// `{name}` of a benchmark's command, a parameter of it, as a variable.
Located with_parameters(Located text) {
  Located out;
  for (std::size_t i = 0; i < text.text.size(); ++i) {
    const std::size_t close = text.text.find('}', i);
    const bool begins =
        text.text[i] == '{' && (i == 0 || text.text[i - 1] != '$') && close != std::string::npos;
    if (begins && is_variable_name(text.text.substr(i + 1, close - i - 1)))
      out.add('$', text.from[i]);
    out.add(text.text[i], text.from[i]);
  }
  return out;
}

/// Keys whose text a shell runs: of benchmark lists, workflows and containers, and their siblings
/// in other programs' files.
bool holds_shell(std::string_view key) {
  constexpr std::string_view kNames[] = {"cmd",    "run",   "command", "args",
                                         "script", "shell", "bash",    "entrypoint"};
  return std::find(std::begin(kNames), std::end(kNames), key) != std::end(kNames) ||
         key.ends_with(".sh");
}

/// Keys with a list of such texts, one after the other in the same shell.
bool holds_lines(std::string_view key) {
  constexpr std::string_view kNames[] = {"script",   "before_script", "after_script",
                                         "commands", "cmds",          "run"};
  return std::find(std::begin(kNames), std::end(kNames), key) != std::end(kNames);
}

/// Commands under the keys that hold them; `command:` and `args:` of containers are one list of
/// words when they are lists.
class YamlReader {
 public:
  explicit YamlReader(const Places& places) : places_(places) {}

  void visit(Node node, std::string_view title, int depth) {
    constexpr int kDeepest = 16;
    if (depth > kDeepest) return;
    const std::size_t outer = variables_.size();
    for (const std::string_view key : {"env", "environment", "variables"})
      set_variables(node.is_map() ? node.find(key) : Node{});
    if (node.is_list())
      for (const Node item : node) visit(item, title, depth + 1);
    take_words(node);
    node.each_pair([&](Node key, Node value) {
      const std::string_view name = key.text();
      if (holds_shell(name) && value.is_scalar())
        take(node, value, name == "cmd" ? title : "");
      else if (holds_lines(name) && value.is_list())
        take_lines(node, value);
      if (!value.is_alias_use()) visit(value, name, depth + 1);
    });
    variables_.resize(outer);
  }
  std::vector<CommandText> found;

 private:
  /// A mapping, or the list of names and values that a container has. What is put into a value at
  /// the start is not known.
  void set_variables(Node all) {
    const auto set = [&](std::string_view name, Node value) {
      const bool known = value.is_scalar() && value.text().find('$') == std::string_view::npos;
      if (is_variable_name(name)) variables_.emplace_back(name, known ? value : Node{});
    };
    all.each_pair([&](Node name, Node value) { set(name.text(), value); });
    if (all.is_list())
      for (const Node one : all)
        if (const Node name = one.is_map() ? one.find("name") : Node{}; name.is_scalar())
          set(name.text(), one.find("value"));
  }

  /// The text behind the variables that it may use, as a shell sets them.
  Located with_environment(const Located& shell) const {
    Located text;
    std::set<std::string_view> seen;  // the innermost counts
    for (auto set = variables_.rbegin(); set != variables_.rend(); ++set) {
      const auto& [name, value] = *set;
      if (shell.text.find(name) != std::string::npos && seen.insert(name).second && value)
        text.add(std::string(name) + "=" + quoted_for_shell(value.text()) + "\n",
                 static_cast<std::uint32_t>(places_.offset_of(value.at())));
    }
    text.text += shell.text;
    text.from.insert(text.from.end(), shell.from.begin(), shell.from.end());
    return text;
  }

  /// What a container starts, word by word; no shell reads it, and `$(NAME)` is a variable.
  void take_words(Node container) {
    ShellCommand argv;
    for (const std::string_view key : {"entrypoint", "command", "args", "cmd"}) {
      const Node list = container.find(key);
      if (!list.is_list()) continue;
      for (const Node item : list)
        if (item.is_scalar()) argv.words.push_back(word_of(item));
    }
    if (argv.words.empty()) return;
    argv.begin = argv.words.front().begin;
    argv.end = argv.words.back().end;
    found.push_back({{}, {}, {}, true, false, std::move(argv)});
  }

  ShellWord word_of(Node item) {
    const Located whole = scalar_text(places_, item);
    ShellWord word;
    for (std::size_t i = 0; i < whole.text.size(); ++i) {
      const std::size_t close = whole.text.find(')', i);
      const std::string name = whole.text.compare(i, 2, "$(") == 0 && close != std::string::npos
                                   ? whole.text.substr(i + 2, close - i - 2)
                                   : std::string();
      if (!is_variable_name(name)) {
        word.value.add(whole.text[i], whole.from[i]);
        continue;
      }
      const auto known = std::find_if(variables_.rbegin(), variables_.rend(),
                                      [&](const auto& set) { return set.first == name; });
      word.value.add(known == variables_.rend() || !known->second
                         ? "${env:" + name + "}"
                         : std::string(known->second.text()),
                     whole.from[i]);
      i = close;
    }
    word.quoted = true;
    if (!whole.from.empty()) {
      word.begin = whole.from.front();
      word.end = whole.from.back() + 1;
    }
    return word;
  }

  void take(Node entry, Node command, std::string_view title) {
    Located text = with_variables(scalar_text(places_, command));
    add(entry, title.empty() ? std::move(text) : with_parameters(std::move(text)), title);
  }

  void take_lines(Node entry, Node list) {
    Located all;
    for (const Node line : list) {
      if (!line.is_scalar()) continue;
      const Located text = with_variables(scalar_text(places_, line));
      for (std::size_t i = 0; i < text.text.size(); ++i) all.add(text.text[i], text.from[i]);
      if (!text.from.empty()) all.add('\n', text.from.back());
    }
    if (!all.text.empty()) add(entry, std::move(all), {});
  }

  void add(Node entry, Located shell, std::string_view title) {
    if (title.empty()) shell = with_environment(shell);
    CommandText text{std::move(shell), {}, title, true, false, {}};
    entry.find("env").each_pair([&](Node name, Node value) {
      if (value.is_scalar()) text.env.emplace_back(name, value);
    });
    found.push_back(std::move(text));
  }

  const Places& places_;
  /// Those that hold for a text; none as its value: only a start can tell.
  std::vector<std::pair<std::string_view, Node>> variables_;
};

constexpr std::string_view kOurs[] = {"presets", "jobs",     "applications", "targets",
                                      "sites",   "profiles", "defaults"};

/// The words of a text that a colon makes keys, quotes left out, with those that are top-level ones
/// told apart. Texts in blocks are looked at as well, in which a key is none.
class KeyReader {
 public:
  explicit KeyReader(std::string_view text) : text_(text.substr(behind_mark(text))) {}

  bool holds_commands() {
    const bool flow = text_.substr(0, 1) == "{";
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const char c = text_[at];
      if (at == 0 || text_[at - 1] == '\n')
        is_top_ = !flow && c != '-' && c != '#' && kWhite.find(c) == kWhite.npos;
      if (c == '#' && (at == 0 || kWhite.find(text_[at - 1]) != kWhite.npos)) {
        at = std::min(text_.find('\n', at), text_.size()) - 1;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && depth > 0) --depth;
      const bool ends = at + 1 == text_.size() || kWhite.find(text_[at + 1]) != kWhite.npos;
      if (c != ':' || !ends) continue;
      add(key_before(at), is_top_ || (flow && depth == 1), at);
      is_top_ = false;
    }
    const auto is_ours = [](std::string_view key) {
      return std::find(std::begin(kOurs), std::end(kOurs), key) != std::end(kOurs);
    };
    const auto has = [&](std::string_view key) { return top_.count(key) > 0; };
    if (is_benchmark_ || (has("apiVersion") && has("kind")) || (has("jobs") && has("on")))
      return true;
    const bool ours =
        !top_.empty() && !jobs_listed_ &&
        (has("presets") || has("applications") || std::all_of(top_.begin(), top_.end(), is_ours));
    return holds_commands_ && !ours;
  }

 private:
  void add(std::string_view key, bool is_top, std::size_t colon) {
    if (is_top) {
      top_.insert(key);
      // Our jobs have names.
      const std::size_t next = text_.find_first_not_of(" \t\r\n", colon + 1);
      if (key == "jobs" && next != text_.npos && (text_[next] == '-' || text_[next] == '['))
        jobs_listed_ = true;
    }
    is_benchmark_ = is_benchmark_ || (key == "cmd" && !is_top);
    holds_commands_ =
        holds_commands_ || (!is_top && !key.empty() && (holds_shell(key) || holds_lines(key)));
  }

  /// Empty where what stands there begins neither its line nor an item between braces.
  std::string_view key_before(std::size_t colon) const {
    const std::string_view before = text_.substr(0, colon);
    const std::size_t end = before.find_last_not_of(" \t\"'") + 1;
    const std::size_t begin = before.substr(0, end).find_last_of(" \t\r\n{,[\"'") + 1;
    const std::size_t front = before.substr(0, begin).find_last_not_of(" \t\"'-");
    const bool begins =
        front == before.npos || std::string_view("\n{,[").find(before[front]) != before.npos;
    return begins ? before.substr(begin, end - begin) : std::string_view();
  }

  static constexpr std::string_view kWhite = " \t\r\n";
  std::string_view text_;
  std::set<std::string_view> top_;
  bool is_top_ = false;  ///< the next key is one
  bool is_benchmark_ = false;
  bool holds_commands_ = false;
  bool jobs_listed_ = false;
};

}  // namespace

Located scalar_text(const Places& places, Node scalar) {
  return ScalarPlaces(places, scalar).run();
}

std::vector<CommandText> yaml_commands(const Places& places, const std::vector<Node>& documents) {
  YamlReader reader(places);
  for (const Node document : documents) reader.visit(document, {}, 0);
  return std::move(reader.found);
}

bool holds_commands(std::string_view text) { return KeyReader(text).holds_commands(); }

}  // namespace ipucnn::importing
