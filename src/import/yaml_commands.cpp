// Commands in YAML that other programs read.
#include "import/yaml_commands.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/shell_quote.h"
#include "import/yaml_keys.h"
#include "import/yaml_scalar.h"

namespace ipucnn::importing {
namespace {

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

/// Commands under the keys that hold them; `command:` and `args:` of containers are one list of
/// words when they are lists.
class YamlReader {
 public:
  explicit YamlReader(const Places& places) : places_(places) {}

  void read(Node document) {
    is_compose_ = document.find("services").is_map();
    visit(document, {}, 0);
  }
  std::vector<CommandText> found;

 private:
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
        take(node, value, name, name == "cmd" ? title : "");
      else if (holds_lines(name) && value.is_list())
        take_lines(node, value);
      if (!value.is_alias_use()) visit(value, name, depth + 1);
    });
    variables_.resize(outer);
  }

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

  void take(Node entry, Node command, std::string_view key, std::string_view title) {
    const bool words = key == "command" || key == "args" || key == "entrypoint" || key == "cmd";
    const bool split = is_compose_ || !title.empty();
    Located text = with_variables(split   ? scalar_text(places_, command)
                                  : words ? shell_or_words(places_, command)
                                          : shell_text(places_, command));
    add(entry, title.empty() ? std::move(text) : with_parameters(std::move(text)), title);
  }

  void take_lines(Node entry, Node list) {
    Located all;
    add_lines(list, 0, all);
    if (!all.text.empty()) add(entry, std::move(all), {});
  }

  /// Lists in a list are lines of the same text: an alias of a list makes one.
  void add_lines(Node list, int depth, Located& all) const {
    constexpr int kDeepest = 10;
    for (const Node line : list) {
      if (line.is_list() && depth < kDeepest) add_lines(line, depth + 1, all);
      if (!line.is_scalar()) continue;
      const Located text = with_variables(shell_text(places_, line));
      all.add(text);
      if (!text.from.empty()) all.add('\n', text.from.back());
    }
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
  bool is_compose_ = false;
  /// Those that hold for a text; none as its value: only a start can tell.
  std::vector<std::pair<std::string_view, Node>> variables_;
};

}  // namespace

std::vector<CommandText> yaml_commands(const Places& places, const std::vector<Node>& documents) {
  YamlReader reader(places);
  for (const Node document : documents) reader.read(document);
  return std::move(reader.found);
}

}  // namespace ipucnn::importing
