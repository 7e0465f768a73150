// Commands in YAML that other programs read.
#include "import/yaml_commands.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/shell_quote.h"
#include "import/placeholders.h"
#include "import/sweep_file.h"
#include "import/yaml_keys.h"
#include "import/yaml_scalar.h"

namespace ipucnn::importing {
namespace {

/// `{name}` of a benchmark's command, a parameter of it, as a variable.
Located with_parameters(const Located& text) {
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

/// Whether it is a pipeline of Azure, or a template of one.
bool is_azure(Node document) {
  for (const std::string_view key : {"trigger", "pr", "pool"})
    if (document.find(key)) return true;
  for (const std::string_view key : {"steps", "jobs", "stages"}) {
    const Node list = document.find(key);
    if (!list.is_list()) continue;
    for (const Node item : list)
      for (const std::string_view own : {"script", "bash", "task", "checkout", "job", "stage"})
        if (item.is_map() && item.find(own)) return true;
  }
  return false;
}

/// `Build.SourcesDirectory`, which Azure itself sets.
bool has_dots(std::string_view name) {
  return name.find('.') != name.npos && name.find_first_of(" /\t\n$'\"") == name.npos;
}

/// `${{ secrets.NAME }}`
bool is_secret(std::string_view value) {
  const std::size_t begin =
      value.find_first_not_of(' ', value.starts_with("${{") ? 3 : value.size());
  return begin != value.npos && value.substr(begin).starts_with("secrets.") &&
         value.ends_with("}}");
}

/// The variable's name at the front of `$NAME` or `${NAME}`; empty where none is.
std::string_view name_of_variable(std::string_view text) {
  if (!text.starts_with('$')) return {};
  if (text.starts_with("${")) {
    const std::string_view name = text.substr(2, text.find('}') - 2);
    return is_variable_name(name) && text.size() > name.size() + 2 ? name : std::string_view();
  }
  std::size_t size = 1;
  while (size < text.size() && is_variable_name(text.substr(1, size))) ++size;
  return text.substr(1, size - 1);
}

/// Commands under the keys that hold them; `command:` and `args:` of containers are one list of
/// words when they are lists.
class YamlReader {
 public:
  explicit YamlReader(const Places& places) : places_(places) {}

  void read(Node document) {
    if (is_sweep_file(document)) {
      found.push_back({sweep_commands(places_, document), {}, {}, true, false, {}});
      return;
    }
    is_editor_ = document.find("configurations").is_list();
    is_project_ = document.find("entry_points").is_map();
    is_kubernetes_ = document.find("apiVersion").is_scalar();
    is_compose_ = document.find("services").is_map();
    is_azure_ = is_azure(document);
    known_ = {};
    known_.dollars_doubled = is_compose_;
    if (is_azure_)
      known_.in_parentheses = [this](std::string_view name) {
        return has_dots(name) || find_variable(placeholder_name(name)) != nullptr;
      };
    visit(document, {}, 0);
  }
  std::vector<CommandText> found;

 private:
  /// One that the file sets around a text.
  struct Variable {
    std::string name;
    std::optional<std::string> value;  ///< none: only a start can tell
    std::uint32_t begin = 0;           ///< offsets in the source
    std::uint32_t end = 0;
    std::string_view key;  ///< under which it stands
  };

  void visit(Node node, std::string_view title, int depth) {
    constexpr int kDeepest = 16;
    if (depth > kDeepest) return;
    const std::size_t outer = variables_.size();
    for (const std::string_view key : {"vars", "environment", "variables", "env"})
      set_variables(node.is_map() ? node.find(key) : Node{}, key);
    if (node.is_list())
      for (const Node item : node) visit(item, title, depth + 1);
    const bool joined = take_joined(node, outer);
    if (!joined) take_words(node, outer);
    node.each_pair([&](Node key, Node value) {
      const std::string_view name = key.text();
      if (joined && is_joined(name)) return;
      if (name == "script") take_source(value, outer);
      if (holds_shell(name) && value.is_scalar())
        take(value, name, name == "cmd" ? title : "", node, outer);
      else if (holds_lines(name) && value.is_list())
        take_lines(value, outer);
      if (!value.is_alias_use()) visit(value, name, depth + 1);
    });
    variables_.resize(outer);
  }

  const Variable* find_variable(std::string_view name) const {
    const auto last = std::find_if(variables_.rbegin(), variables_.rend(),
                                   [&](const Variable& set) { return set.name == name; });
    return last == variables_.rend() ? nullptr : &*last;
  }

  /// A mapping, a list of mappings, the list of names and values that a container has, or one of
  /// `NAME=VALUE`.
  void set_variables(Node all, std::string_view key) {
    const auto set_pairs = [&](Node pairs, bool literal) {
      pairs.each_pair([&](Node name, Node value) { set_variable(name, value, key, literal); });
    };
    set_pairs(all, key == "env");  // of a workflow, whose values nobody goes through
    if (!all.is_list()) return;
    for (const Node one : all) {
      if (one.is_scalar())
        set_variable(one, key);
      else if (const Node name = one.is_map() ? one.find("name") : Node{}; name.is_scalar())
        set_variable(name, one.find("value"), key, false);
      else
        set_pairs(one, false);
    }
  }

  /// `NAME=VALUE`; `NAME` alone is the environment's.
  void set_variable(Node assigned, std::string_view key) {
    const Located whole = scalar_text(places_, assigned);
    const std::size_t equals = whole.text.find('=');
    const std::string name = whole.text.substr(0, equals);
    if (!is_variable_name(name)) return;
    std::optional<Located> value;
    if (equals != std::string::npos) value = whole.part(equals + 1, whole.text.size());
    variables_.push_back({name, value ? known_value(*value, false) : std::nullopt,
                          whole.from.front(), whole.from.back() + 1, key});
  }

  void set_variable(Node name, Node value, std::string_view key, bool literal) {
    if (value.is_map()) value = value.find("value");
    Variable set{
        is_azure_ ? placeholder_name(name.text()) : std::string(name.text()), {}, 0, 0, key};
    if (!is_variable_name(set.name)) return;
    set.begin = static_cast<std::uint32_t>(places_.offset_of(name.defined_at()));
    set.end = set.begin + static_cast<std::uint32_t>(name.text().size());
    if (value.is_scalar()) {
      const Located text = scalar_text(places_, value);
      set.value = known_value(text, literal);
      if (!text.from.empty()) {
        set.begin = text.from.front();
        set.end = text.from.back() + 1;
      }
    }
    variables_.push_back(set);
    // A script of Azure has it in capitals.
    if (is_azure_) {
      std::transform(set.name.begin(), set.name.end(), set.name.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
      if (set.name != variables_.back().name) variables_.push_back(std::move(set));
    }
  }

  /// Placeholders in a value are variables; what else is put into it is not known, and a secret is
  /// its environment's.
  std::optional<std::string> known_value(const Located& written, bool literal) const {
    if (is_secret(written.text)) return std::nullopt;
    std::string value = with_values_open(written, known_).text;
    for (std::size_t at = literal ? std::string::npos : value.find('$'); at != std::string::npos;
         at = value.find('$', at + 1))
      if (value.compare(at, kVariableOpen.size(), kVariableOpen) != 0) return std::nullopt;
    return value;
  }

  /// The text behind the variables that it may use, as a shell sets them, and behind those that
  /// stand next to it under `env:`. Variables from index `own` on stand next to it.
  Located with_environment(const Located& shell, std::size_t own) const {
    Located text;
    std::set<std::string_view> seen;  // the innermost counts
    for (std::size_t i = variables_.size(); i-- > 0;) {
      const Variable& set = variables_[i];
      const bool needed =
          (i >= own && set.key == "env") || shell.text.find(set.name) != std::string::npos;
      if (!needed || !seen.insert(set.name).second || !set.value) continue;
      const std::string quoted = quoted_for_shell(*set.value);
      text.add((set.key == "vars" ? "" : "export ") + set.name + "=" + quoted, set.begin);
      text.from.back() = set.end - 1;
      text.add('\n', set.end - 1);
    }
    text.add(shell);
    return text;
  }

  /// `script:` of Argo, whose `source:` goes to the program beside it.
  void take_source(Node script, std::size_t own) {
    const Node source = script.is_map() ? script.find("source") : Node{};
    const Node program = source ? script.find("command") : Node{};
    if (!source.is_scalar() || !program.is_list()) return;
    for (const Node word : program)
      if (word.text().ends_with("sh")) take(source, "source", {}, script, own);
  }

  static bool is_joined(std::string_view key) {
    return key == "entrypoint" || key == "command" || key == "args";
  }

  /// `entrypoint:`, `command:` and `args:` that together are one command, where one at least is a
  /// text. False, and nothing taken, where they are not.
  bool take_joined(Node node, std::size_t own) {
    if (!node.is_map()) return false;
    Located all;
    int parts = 0;
    bool is_text = false;
    for (const std::string_view key : {"entrypoint", "command", "args"}) {
      const Node part = node.find(key);
      if (!part.is_list() && (!part.is_scalar() || part.text().empty())) continue;
      // What is behind `sh -c` is a text of its own.
      if (part.is_scalar() && all.text.ends_with("-c")) return false;
      if (!all.text.empty()) all.add(' ', all.from.back());
      ++parts;
      is_text = is_text || part.is_scalar();
      if (part.is_scalar()) all.add(with_variables(scalar_text(places_, part), known_));
      const std::size_t begin = all.text.size();
      if (part.is_list())
        for (const Node item : part) add_quoted(item, all.text.size() > begin, all);
    }
    if (parts < 2 || !is_text) return false;
    add(all, own);
    return true;
  }

  void add_quoted(Node item, bool behind, Located& all) const {
    if (item.is_map()) item = item.find("value");
    if (!item.is_scalar()) return;
    const ShellWord word = word_of(item);
    if (behind) all.add(' ', word.begin);
    const std::string quoted = quoted_for_shell(word.value.text);
    if (quoted == word.value.text)
      all.add(word.value);
    else
      all.add(quoted, word.begin);
  }

  /// What a container or an editor starts, word by word; no shell reads it, and `$(NAME)` is a
  /// variable. Where the first item is a whole line of words, each is one (Buildkite).
  void take_words(Node container, std::size_t own) {
    ShellCommand argv;
    if (is_editor_ && container.find("request"))
      if (const Node program = container.find("program"); program.is_scalar()) {
        argv.words.push_back(word_of(program));
        argv.words.push_back(argv.words.front());
        argv.words.front().value = {};
        argv.words.front().value.add("python3", argv.words.back().begin);
      }
    for (const std::string_view key : {"entrypoint", "command", "args", "cmd", "argv"}) {
      const Node list = container.find(key);
      if (!list.is_list()) continue;
      const bool lines = key == "command" || key == "cmd";
      if (lines && argv.words.empty() && begins_with_line(list) && !is_compose_)
        return take_lines(list, own);
      for (const Node item : list)
        if (item.is_scalar()) argv.words.push_back(word_of(item));
    }
    if (argv.words.empty()) return;
    argv.begin = argv.words.front().begin;
    argv.end = argv.words.back().end;
    set_for_shell(argv);
    found.push_back({{}, {}, {}, true, false, std::move(argv), is_kubernetes_});
  }

  static bool begins_with_line(Node list) {
    for (const Node item : list)
      return item.is_scalar() && item.text().find(' ') != std::string_view::npos;
    return false;
  }

  /// Sets in front of a shell the variables that the text it is given may use.
  void set_for_shell(ShellCommand& argv) const {
    std::vector<ShellWord> front;
    std::set<std::string_view> seen;
    for (auto set = variables_.rbegin(); set != variables_.rend(); ++set) {
      const bool used =
          std::any_of(argv.words.begin(), argv.words.end(), [&](const ShellWord& word) {
            return word.value.text.find("$" + set->name) != std::string::npos ||
                   word.value.text.find("${" + set->name) != std::string::npos;
          });
      if (!used || !seen.insert(set->name).second || !set->value) continue;
      ShellWord& word = front.emplace_back();
      word.value.add(set->name + "=" + *set->value, set->begin);
      word.begin = set->begin;
      word.end = set->end;
      word.quoted = true;
    }
    argv.words.insert(argv.words.begin(), front.begin(), front.end());
  }

  ShellWord word_of(Node item) const {
    Placeholders known = known_;
    known.dollars_doubled = false;
    const Located whole = with_values_open(shell_text(places_, item), known);
    ShellWord word;
    for (std::size_t i = 0; i < whole.text.size(); ++i) i += add_of_word(whole, i, word.value);
    word.quoted = true;
    if (!whole.from.empty()) {
      word.begin = whole.from.front();
      word.end = whole.from.back() + 1;
    }
    return word;
  }

  /// Adds what a byte of a container's word begins. How many more bytes belong to it.
  std::size_t add_of_word(const Located& whole, std::size_t at, Located& word) const {
    const std::string_view rest = std::string_view(whole.text).substr(at);
    if (const std::size_t end = rest.find('}'); is_editor_ && end != rest.npos &&
                                                rest.starts_with("${") &&
                                                !rest.starts_with(kVariableOpen)) {
      word.add("${env:" + placeholder_name(rest.substr(2, end - 2)) + "}", whole.from[at]);
      return end;
    }
    if (is_compose_) {
      const std::string_view name = name_of_variable(rest);
      word.add(name.empty() ? std::string(1, rest[0]) : "${env:" + std::string(name) + "}",
               whole.from[at]);
      if (name.empty()) return rest.starts_with("$$") ? 1 : 0;
      return name.size() + (rest[1] == '{' ? 2 : 0);
    }
    const std::size_t close = rest.find(')');
    const std::string_view name = rest.starts_with("$(") && close != rest.npos
                                      ? rest.substr(2, close - 2)
                                      : std::string_view();
    if (!is_variable_name(name)) {
      word.add(rest[0], whole.from[at]);
      return 0;
    }
    const Variable* known = find_variable(name);
    word.add(known == nullptr || !known->value ? "${env:" + std::string(name) + "}" : *known->value,
             whole.from[at]);
    return close;
  }

  void take(Node command, std::string_view key, std::string_view title, Node entry,
            std::size_t own) {
    const bool words = key == "command" || key == "args" || key == "entrypoint" || key == "cmd";
    const bool split = is_compose_ || !title.empty();
    const Located text = with_variables(split   ? scalar_text(places_, command)
                                        : words ? shell_or_words(places_, command)
                                                : shell_text(places_, command),
                                        known_);
    if (title.empty()) return add(is_project_ ? with_parameters(text) : text, own);
    CommandText titled{with_parameters(text), {}, title, true, false, {}};
    entry.find("env").each_pair([&](Node name, Node value) {
      if (value.is_scalar()) titled.env.emplace_back(name, value);
    });
    found.push_back(std::move(titled));
  }

  void take_lines(Node list, std::size_t own) {
    Located all;
    add_lines(list, 0, all);
    if (!all.text.empty()) add(all, own);
  }

  /// Lists in a list are lines of the same text: an alias of a list makes one.
  void add_lines(Node list, int depth, Located& all) const {
    constexpr int kDeepest = 10;
    for (const Node line : list) {
      if (line.is_list() && depth < kDeepest) add_lines(line, depth + 1, all);
      if (!line.is_scalar()) continue;
      const Located text = with_variables(shell_text(places_, line), known_);
      all.add(text);
      if (!text.from.empty()) all.add('\n', text.from.back());
    }
  }

  void add(const Located& shell, std::size_t own) {
    found.push_back({with_environment(shell, own), {}, {}, true, false, {}});
  }

  const Places& places_;
  Placeholders known_;
  bool is_compose_ = false;
  bool is_azure_ = false;
  bool is_kubernetes_ = false;
  bool is_project_ = false;          ///< MLproject, in which `{name}` is a parameter
  bool is_editor_ = false;           ///< launch.json, in which `${..}` is the editor's
  std::vector<Variable> variables_;  ///< those that hold for a text
};

}  // namespace

std::vector<CommandText> yaml_commands(const Places& places, const std::vector<Node>& documents) {
  YamlReader reader(places);
  for (const Node document : documents) reader.read(document);
  return std::move(reader.found);
}

}  // namespace ipucnn::importing
