#include "import/cell_reader.h"

#include <algorithm>
#include <utility>

namespace ipucnn::importing {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// `{name}` and `{name.field}`, which IPython fills in, as a variable of the shell.
Located with_values(const Located& text) {
  Located out;
  for (std::size_t i = 0; i < text.text.size(); ++i) {
    const std::size_t close = text.text.find('}', i);
    const bool begins =
        text.text[i] == '{' && close != std::string::npos && (i == 0 || text.text[i - 1] != '$');
    const std::string inside = begins ? text.text.substr(i + 1, close - i - 1) : std::string();
    const bool value = is_variable_name(inside.substr(0, inside.find_first_of(".["))) &&
                       inside.find_first_of(" ,:") == std::string::npos;
    if (!value) {
      out.add(text.text[i], text.from[i]);
      continue;
    }
    out.add("${", text.from[i]);
    for (std::size_t k = 0; k < inside.size(); ++k)
      out.add(is_variable_name("_" + inside.substr(k, 1)) ? inside[k] : '_', text.from[i + 1 + k]);
    out.add('}', text.from[close]);
    i = close;
  }
  return out;
}

/// A line from `at` on, without its end; the place goes behind it.
Located line_at(const Located& source, std::size_t& at) {
  const std::size_t end = std::min(source.text.find('\n', at), source.text.size());
  Located line = source.part(at, end);
  at = std::min(end + 1, source.text.size());
  return line;
}

/// Offset of the `!` or `%` of `NAME = !command`; 0 where the line is none.
std::size_t assigned_command(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == line.npos || equals == 0) return 0;
  const std::string_view names = line.substr(0, equals);
  if (names.find_first_not_of(
          " \t,._[]abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != names.npos)
    return 0;
  const std::size_t at = line.find_first_not_of(" \t", equals + 1);
  return at != line.npos && (line[at] == '!' || line[at] == '%') ? at : 0;
}

}  // namespace

void CellReader::read(const Located& source) {
  std::size_t at = source.text.find_first_not_of(" \t\r\n");
  if (at == std::string::npos) return;
  if (source.text.compare(at, 2, "%%") == 0) {
    const Located head = line_at(source, at);
    const Located body = source.part(at, source.text.size());
    if (!cell_magic(head.text.substr(2), body)) return;
  }
  while (at < source.text.size()) {
    Located line = line_at(source, at);
    // The line end stays: a shell joins what goes on behind a backslash.
    while (line.text.ends_with('\\') && at < source.text.size()) {
      line.add('\n', line.from.back());
      line.add(line_at(source, at));
    }
    statement(line);
  }
}

/// True when the cell is Python all the same.
bool CellReader::cell_magic(std::string_view head, const Located& body) {
  const std::string_view name = head.substr(0, head.find_first_of(" \t\r"));
  std::string_view rest = head.substr(name.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const std::string_view first = rest.substr(0, rest.find_first_of(" \t\r"));
  const bool shell =
      first == "bash" || first == "sh" || first.ends_with("/bash") || first.ends_with("/sh");
  if (name == "bash" || name == "sh" || name == "system" || name == "sx" || name == "!" ||
      (name == "script" && shell)) {
    take(body);
    return false;
  }
  if (name == "writefile" || name == "file") {
    const std::string_view file =
        rest.substr(rest.rfind(' ') == rest.npos ? 0 : rest.rfind(' ') + 1);
    const std::string_view line = std::string_view(body.text).substr(0, body.text.find('\n'));
    if (file.ends_with(".sh") || file.ends_with(".bash") ||
        (line.starts_with("#!") && line.find("sh") != line.npos))
      take(body);
    return false;
  }
  return name == "capture" || name == "time" || name == "timeit" || name == "prun";
}

/// A line of a cell of Python: what IPython hands to a shell, or takes for one of its own.
void CellReader::statement(const Located& line) {
  std::size_t at = std::min(line.text.find_first_not_of(" \t"), line.text.size());
  const std::size_t assigned = assigned_command(line.text);
  if (assigned > 0) at = assigned;
  for (const std::string_view timed : {"%time ", "%timeit "})
    if (line.text.compare(at, timed.size(), timed) == 0)
      at = std::min(line.text.find_first_not_of(' ', at + timed.size()), line.text.size());
  const auto rest = [&](std::size_t skip) {
    std::size_t begin = at + skip;
    while (begin < line.text.size() && is_white(line.text[begin])) ++begin;
    return line.part(std::min(begin, line.text.size()), line.text.size());
  };
  const auto begins = [&](std::string_view word) {
    return line.text.compare(at, word.size(), word) == 0;
  };
  if (begins("!!")) return take(with_values(rest(2)));
  if (begins("!")) return take(with_values(rest(1)));
  if (begins("%sx ")) return take(with_values(rest(3)));
  if (begins("%system ")) return take(with_values(rest(7)));
  if (begins("%cd ")) return enter(with_values(rest(3)));
  if (begins("cd ")) return enter(with_values(rest(2)));
  if (begins("%env ")) return set(rest(4));
  if (begins("%set_env ")) return set(rest(8));
  if (begins("%run ")) return run_script(with_values(rest(4)));
}

void CellReader::enter(const Located& folder) {
  if (folder.text.find_first_of("'\";&|\n") != std::string::npos) return;
  Located line;
  line.add("cd ", folder.from.empty() ? 0 : folder.from.front());
  line.add(folder);
  folders_.push_back(std::move(line));
  if (folders_.back().text[3] == '/' && folders_.size() > 1) folders_ = {folders_.back()};
}

/// `NAME=VALUE` or `NAME VALUE`, up to the end of the line.
void CellReader::set(const Located& given) {
  const std::size_t end = given.text.find_first_of("= \t");
  if (end == std::string::npos || !is_variable_name(given.text.substr(0, end))) return;
  const std::size_t value = given.text.find_first_not_of("= \t", end);
  Located line;
  line.add("export " + given.text.substr(0, end) + "='", given.from.front());
  for (std::size_t i = value; i < given.text.size(); ++i)
    if (given.text[i] != '\'') line.add(given.text[i], given.from[i]);
  line.add('\'', given.from.back());
  variables_[given.text.substr(0, end)] = std::move(line);
}

/// `%run [-i] script.py words`: as Python would be started, in the notebook's own process.
void CellReader::run_script(const Located& words) {
  std::size_t at = 0;
  while (at < words.text.size() && words.text[at] == '-')
    at = std::min(words.text.find_first_not_of(' ', words.text.find(' ', at)), words.text.size());
  if (at >= words.text.size()) return;
  Located line;
  line.add("python3 ", words.from[at]);
  line.add(words.part(at, words.text.size()));
  take(line);
}

void CellReader::take(const Located& shell) {
  if (shell.text.empty()) return;
  Located all;
  const auto add = [&](const Located& line) {
    all.add(line);
    all.add('\n', line.from.back());
  };
  for (const Located& folder : folders_) add(folder);
  for (const auto& [name, line] : variables_) add(line);
  add(shell);
  found.push_back({std::move(all), {}, {}, true, false, {}});
}

}  // namespace ipucnn::importing
