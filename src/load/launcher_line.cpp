#include "ipucnn/launcher_line.h"

#include <algorithm>

#include "base/literal_dollar.h"
#include "base/text.h"

namespace ipucnn::load {
namespace {

/// Whether the option's value is one that it takes.
bool is_valid(Node option, std::string_view text) {
  const auto takes = option.find_text("takes").value_or("text");
  if (holds_variable(text)) return true;  // the start decides
  if (takes == "yes_no") return parse_yes_no(text).has_value();
  if (takes == "number") {
    const auto value = parse_int64(text);
    return value && *value >= option.find_int("least").value_or(0);
  }
  const Node choices = option.find("choices");
  return !text.empty() && (!choices || choices.contains(text));
}

class LineReader {
 public:
  LineReader(Node options, const std::vector<std::string>& words)
      : options_(options), words_(words) {}

  LauncherLine run() {
    while (next_ < words_.size() && is_option(words_[next_])) {
      const std::size_t at = next_++;
      line_.options.push_back(take_option(at));
    }
    line_.program = next_;
    return std::move(line_);
  }

 private:
  static bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

  /// Sets name and entry when the table has the option.
  bool find(std::string_view flag, LauncherOption& found) const {
    options_.each_pair([&](Node name, Node option) {
      const bool own =
          flag.size() > 2 && flag.substr(0, 2) == "--" && flag.substr(2) == name.text();
      if (!own && option.find_text("short") != flag && !option.find("also").contains(flag)) return;
      found.name = name;
      found.option = option;
    });
    return static_cast<bool>(found.name);
  }

  /// A short option can have its value joined on, where the rest can be one: `-npernode` is no -n.
  bool takes_joined(std::string_view word) const {
    LauncherOption found;
    if (!find(word.substr(0, 2), found)) return false;
    const auto takes = found.option.find_text("takes").value_or("text");
    return takes == "number" ? parse_int64(word.substr(2)).has_value() : takes == "text";
  }

  LauncherOption take_option(std::size_t at) {
    const std::string_view word = words_[at];
    const std::size_t equals = word.substr(0, 2) == "--" ? word.find('=') : word.npos;
    LauncherOption taken;
    taken.word = at;
    taken.flag = word.substr(0, equals);
    if (equals != word.npos) put(taken, std::string(word.substr(equals + 1)), at, equals + 1);
    if (!find(taken.flag, taken) && word[1] != '-' && word.size() > 2 && takes_joined(word)) {
      find(word.substr(0, 2), taken);  // -Hhost
      taken.flag = word.substr(0, 2);
      put(taken, std::string(word.substr(2)), at, 2);
    }
    if (taken.name) {
      taken.fault = take_values(taken);
    } else if (find_abbreviated(taken.flag, taken)) {
      const LauncherFault fault = take_values(taken);
      taken.fault = fault == LauncherFault::None ? LauncherFault::Abbreviated : fault;
    } else {
      taken.fault = unknown(taken);
    }
    return taken;
  }

  /// Sets name and entry when the flag is how one option alone begins.
  bool find_abbreviated(std::string_view flag, LauncherOption& found) const {
    constexpr std::size_t kShortest = 4;  // --v and the like are names of their own
    if (flag.size() < kShortest || !flag.starts_with("--")) return false;
    std::size_t count = 0;
    options_.each_pair([&](Node name, Node option) {
      if (!name.text().starts_with(flag.substr(2))) return;
      ++count;
      found.name = name;
      found.option = option;
    });
    if (count == 1) return true;
    found.name = found.option = {};
    return false;
  }

  LauncherFault unknown(LauncherOption& taken) {
    if (taken.values.empty() && next_ < words_.size() && !is_option(words_[next_]) &&
        !looks_like_program(words_[next_]))
      take_word(taken);
    return LauncherFault::Unknown;
  }

  LauncherFault take_values(LauncherOption& taken) {
    const auto takes = taken.option.find_text("takes").value_or("text");
    if (takes == "nothing")
      return taken.values.empty() ? LauncherFault::None : LauncherFault::Surplus;
    const std::size_t count = takes == "pair" ? 2 : 1;
    const bool number = takes == "number";
    while (taken.values.size() < count && next_ < words_.size() &&
           !(number && names_option(words_[next_])))
      take_word(taken);
    if (taken.values.size() < count || taken.values.front().text.empty())
      return LauncherFault::Missing;
    const bool again =
        std::any_of(line_.options.begin(), line_.options.end(), [&](const LauncherOption& other) {
          return other.name && other.name.text() == taken.name.text();
        });
    if (again && !taken.option.find_bool("repeatable", false)) return LauncherFault::Repeated;
    return count == 1 && !is_valid(taken.option, taken.values.front().text) ? LauncherFault::Invalid
                                                                            : LauncherFault::None;
  }

  /// Nobody means an option by a number.
  bool names_option(const std::string& word) const {
    LauncherOption found;
    return is_option(word) && find(std::string_view(word).substr(0, word.find('=')), found);
  }

  void take_word(LauncherOption& taken) {
    put(taken, words_[next_], next_, 0);
    ++next_;
  }

  static void put(LauncherOption& taken, std::string text, std::size_t word, std::size_t offset) {
    taken.values.push_back({std::move(text), word, offset});
  }

  Node options_;
  const std::vector<std::string>& words_;
  LauncherLine line_;
  std::size_t next_ = 0;
};

}  // namespace

Node launcher_field(const Catalog& catalog, std::string_view program, std::string_view field) {
  const std::vector<Node>& parts = catalog.parts(Section::Defaults);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    if (const Node found = part->find("launchers").find(program).find(field)) return found;
  return {};
}

Node launcher_options(const Catalog& catalog, std::string_view program) {
  return launcher_field(catalog, program, "options");
}

LauncherLine read_launcher_line(Node options, const std::vector<std::string>& words) {
  return LineReader(options, words).run();
}

std::optional<bool> parse_yes_no(std::string_view text) {
  const std::string word = to_lower(text);
  for (const std::string_view yes : {"yes", "1", "on", "true"})
    if (word == yes) return true;
  for (const std::string_view no : {"no", "0", "off", "false"})
    if (word == no) return false;
  return std::nullopt;
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

bool looks_like_program(std::string_view word) {
  if (word.substr(0, 1) == "-") return false;
  const std::string_view name = base_name(word);
  const bool script = name.size() > 3 && name.substr(name.size() - 3) == ".py";
  return script ||
         (name.substr(0, 6) == "python" && name.find_first_not_of("0123456789.", 6) == name.npos);
}

std::optional<std::vector<InnerWord>> inner_words(std::string_view text) {
  std::vector<InnerWord> words;
  bool inside = false;  // a word has begun, if only with an empty pair of quotes
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n')) {
      inside = false;
      continue;
    }
    if (!inside) words.push_back({{}, i, i});
    inside = true;
    if (quote == c) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      words.back().text += text[++i];
    } else {
      words.back().text += c;
    }
    words.back().end = i + 1;
  }
  if (quote != '\0') return std::nullopt;
  return words;
}

}  // namespace ipucnn::load
