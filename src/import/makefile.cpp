#include "import/makefile.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/shell_quote.h"
#include "base/trim.h"
#include "import/document_lines.h"

namespace ipucnn::importing {
namespace {

constexpr std::string_view kBlanks = " \t\r";

/// `NAME = VALUE`, and where it stands.
struct MakeVariable {
  std::string_view name;
  std::string_view value;
  bool known = false;
  std::size_t begin = 0;
};

/// Absent where the line is none; one that goes on, or is put together, is not known.
std::optional<MakeVariable> variable_of(const Line& line) {
  std::string_view text = line.text;
  if (text.starts_with("export ")) text.remove_prefix(7);
  const std::size_t equals = text.find('=');
  if (equals == text.npos) return std::nullopt;
  std::string_view name = text.substr(0, equals);
  const bool appends = name.ends_with('+');
  while (!name.empty() && std::string_view("+?:").find(name.back()) != std::string_view::npos)
    name.remove_suffix(1);
  name = trimmed(name, kBlanks);
  if (!is_variable_name(name)) return std::nullopt;
  const std::string_view value =
      trimmed(text.substr(equals + 1, text.find(" #") - equals - 1), kBlanks);
  const bool known = !appends && value.find_first_of("$\\") == value.npos;
  return MakeVariable{name, value, known, line.begin};
}

/// `train: data`, below which a recipe stands.
bool is_target(std::string_view line) {
  const std::size_t colon = line.find(':');
  return colon != line.npos && colon > 0 && line.find_first_of(" \t#'\"({") > 0 &&
         (colon + 1 == line.size() ||
          std::string_view(" \t\r:").find(line[colon + 1]) != std::string_view::npos);
}

class MakefileReader {
 public:
  explicit MakefileReader(std::string_view text) : lines_(lines_of(text)) {}

  std::vector<CommandText> run() {
    for (const Line& line : lines_)
      if (!line.text.starts_with('\t'))
        if (const auto set = variable_of(line)) variables_[set->name] = *set;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!lines_[i].text.starts_with('\t')) continue;
      Located text = recipe_line(lines_[i]);
      while (text.text.ends_with("\\\n") && i + 1 < lines_.size())
        text.add(shell_of(lines_[++i], 0));
      found_.push_back({with_variables(text), {}, {}, true, false, {}});
    }
    return std::move(found_);
  }

 private:
  /// Without what tells make how to run it.
  static Located recipe_line(const Line& line) {
    return shell_of(line, std::min(line.text.find_first_not_of("\t @+-"), line.text.size()));
  }

  /// What make hands to a shell of a line: `$(NAME)` is a variable, and `$$` a dollar sign.
  static Located shell_of(const Line& line, std::size_t at) {
    Located out;
    const auto from = [&](std::size_t i) { return static_cast<std::uint32_t>(line.begin + i); };
    for (std::size_t i = at; i < line.text.size(); ++i) {
      const std::string_view rest = line.text.substr(i);
      if (rest.starts_with("$$")) {
        out.add('$', from(i++));
        continue;
      }
      const std::size_t close = rest.find(rest.substr(1, 1) == "{" ? '}' : ')');
      const bool opens = rest.starts_with("$(") || rest.starts_with("${");
      const std::string_view name =
          opens && close != rest.npos ? rest.substr(2, close - 2) : std::string_view();
      const bool automatic = rest.size() > 1 && rest[0] == '$' &&
                             std::string_view("@<^*?+").find(rest[1]) != std::string_view::npos;
      if (!automatic && !is_variable_name(name)) {
        out.add(rest[0], from(i));
        continue;
      }
      const std::size_t last = i + (automatic ? 1 : close);
      out.add(automatic ? "${target" : "${" + std::string(name), from(i));
      out.add('}', from(last));
      i = last;
    }
    out.add('\n', from(line.text.size()));
    return out;
  }

  Located with_variables(const Located& shell) const {
    Located text;
    for (const auto& [name, set] : variables_)
      if (set.known && shell.text.find("${" + std::string(name) + "}") != std::string::npos)
        text.add(std::string(name) + "=" + quoted_for_shell(set.value) + "\n",
                 static_cast<std::uint32_t>(set.begin));
    text.add(shell);
    return text;
  }

  std::vector<Line> lines_;
  std::map<std::string_view, MakeVariable> variables_;
  std::vector<CommandText> found_;
};

}  // namespace

bool is_makefile(std::string_view name, std::string_view text) {
  const std::string_view base = name.substr(name.rfind('/') + 1);
  if (base.ends_with(".mk") || base == "Makefile" || base == "makefile" || base == "GNUmakefile")
    return true;
  if (base.find('.') != base.npos || text.starts_with("#!")) return false;
  const std::vector<Line> lines = lines_of(text.substr(0, 1U << 14U));
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const std::string_view line = lines[i].text;
    if (trimmed(line, kBlanks).empty() || line[0] == '#' || variable_of(lines[i])) continue;
    if (!is_target(line)) return false;
    if (lines[i + 1].text.starts_with('\t')) return true;
  }
  return false;
}

std::vector<CommandText> makefile_commands(std::string_view text) {
  return MakefileReader(text).run();
}

}  // namespace ipucnn::importing
