// Commands in YAML that other programs read.
#include "import/yaml_commands.h"

#include <algorithm>
#include <set>

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

/// `${{ matrix.size }}` of a workflow as a variable, which it is until the start.
Located with_variables(Located text) {
  Located out;
  for (std::size_t i = 0; i < text.text.size(); ++i) {
    const std::size_t close = text.text.find("}}", i);
    if (text.text.compare(i, 3, "${{") != 0 || close == std::string::npos) {
      out.add(text.text[i], text.from[i]);
      continue;
    }
    out.add("${", text.from[i]);
    for (std::size_t at = i + 3; at < close; ++at) {
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
  }
  std::vector<CommandText> found;

 private:
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
      word.value.add("${env:" + name + "}", whole.from[i]);
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
    CommandText text{std::move(shell), {}, title, true, false, {}};
    entry.find("env").each_pair([&](Node name, Node value) {
      if (value.is_scalar()) text.env.emplace_back(name, value);
    });
    found.push_back(std::move(text));
  }

  const Places& places_;
};

/// The key of a line as `- KEY: value` or `KEY:`; empty where it has none.
std::string_view key_of(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t-");
  if (begin == line.npos) return {};
  const std::size_t colon = line.find(':', begin);
  const std::string_view key = line.substr(begin, colon == line.npos ? 0 : colon - begin);
  const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '"' || c == '-';
  });
  return plain ? key : std::string_view();
}

}  // namespace

Located scalar_text(const Places& places, Node scalar) {
  return ScalarPlaces(places, scalar).run();
}

std::vector<CommandText> yaml_commands(const Places& places, const std::vector<Node>& documents) {
  YamlReader reader(places);
  for (const Node document : documents) reader.visit(document, {}, 0);
  return std::move(reader.found);
}

bool holds_commands(std::string_view text) {
  std::set<std::string_view> top;
  bool commands = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::string_view key = key_of(line);
    const bool is_top = !line.empty() && std::string_view(" \t-#").find(line[0]) == line.npos;
    if (is_top)
      top.insert(key);
    else if (key == "cmd")
      return true;
    else
      commands = commands || (!key.empty() && (holds_shell(key) || holds_lines(key)));
  }
  const auto has = [&](std::string_view key) { return top.count(key) > 0; };
  if (has("apiVersion") && has("kind")) return true;
  if (has("jobs") && (has("on") || has("\"on\""))) return true;
  constexpr std::string_view kOurs[] = {"presets", "jobs",     "applications", "targets",
                                        "sites",   "profiles", "defaults"};
  return commands && std::none_of(std::begin(kOurs), std::end(kOurs), has);
}

}  // namespace ipucnn::importing
