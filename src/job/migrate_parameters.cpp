// Values of a benchmark's parameters and variables, as another release of the application has them.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/line_part.h"
#include "base/shell_quote.h"
#include "base/trim.h"
#include "ipucnn/migrate.h"
#include "ipucnn/yaml_text.h"

namespace ipucnn {
namespace {

/// The entry whose command stands in front of this place, and of several that share one the entry
/// of that name.
Node entry_of(const ImportedJob& command, Node root) {
  Node found;
  std::uint32_t line = 0;
  root.each_pair([&](Node name, Node body) {
    const Node text = body.is_map() ? body.find("cmd") : Node{};
    if (!text || text.defined_at().line > command.at.line || text.defined_at().line < line) return;
    const bool shared = text.defined_at().line == line;
    if (shared && !command.name.starts_with(name.text())) return;
    line = text.defined_at().line;
    found = body;
  });
  return found;
}

/// A field of an entry, else of what it merges.
Node field(Node entry, std::string_view key) {
  if (const Node own = entry.find(key)) return own;
  Node found;
  entry.each_pair([&](Node name, Node value) {
    if (name.text() != "<<") return;
    if (const Node merged = value.is_map() ? value.find(key) : Node{}) found = merged;
    if (!value.is_list()) return;
    for (const Node one : value)
      if (!found) found = one.find(key);
  });
  return found;
}

/// Every place that gives this value to this name.
void collect(Node values, std::string_view name, std::string_view value, std::vector<Node>& found) {
  const auto take = [&](Node node) {
    if (node.is_scalar() && trimmed(node.text()) == value) found.push_back(node);
  };
  if (values.is_map()) {
    const Node axis = values.find(name);
    take(axis);
    if (axis.is_list())
      for (const Node one : axis) take(one);
  }
  if (!values.is_list()) return;
  std::size_t column = std::string_view::npos;
  for (const Node row : values) {
    if (!row.is_list()) return;
    std::size_t number = 0;
    const bool header = column == std::string_view::npos;
    for (const Node cell : row) {
      if (header && trimmed(cell.text()) == name) column = number;
      if (!header && number == column) take(cell);
      ++number;
    }
    if (column == std::string_view::npos) return;
  }
}

/// A word as YAML: plain where that means the same word.
std::string word_of_yaml(const std::string& text) {
  const ScalarType plain = plain_scalar_type(text);
  const bool number = plain == ScalarType::Int || plain == ScalarType::Float;
  return yaml_text(Scalar{text, number ? plain : ScalarType::String, {}});
}

/// The value in `NAME=value` of a shell text; absent where it is written otherwise.
std::optional<Span> assigned_value(const ImportedJob& command, std::string_view name,
                                   const ValueElsewhere& value, const Sources& sources) {
  for (const ImportedVariable& variable : command.variables) {
    if (variable.name != name) continue;
    Span at = variable.at;
    const std::string_view rest = line_part(sources, at).onward;
    const std::string whole = fmt::format("{}={}", name, value.before);
    const bool ends = rest.size() == whole.size() ||
                      (rest.size() > whole.size() &&
                       std::string_view(" \t;").find(rest[whole.size()]) != std::string_view::npos);
    if (!rest.starts_with(whole) || !ends) return std::nullopt;
    at.column += static_cast<std::uint32_t>(name.size() + 1);
    at.length = static_cast<std::uint32_t>(value.before.size());
    return at;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Edit> migrated_parameters(const ImportedJob& command,
                                      const std::vector<ValueElsewhere>& values, Node root,
                                      const Sources& sources, Diagnostics& out) {
  std::vector<Edit> edits;
  const Node entry = entry_of(command, root);
  for (const ValueElsewhere& value : values) {
    std::string_view name = value.hole;
    name.remove_prefix(std::min(name.find_first_not_of("${"), name.size()));
    name = name.substr(0, name.find('}'));
    std::vector<Node> places;
    if (entry)
      collect(field(entry, value.hole[0] == '{' ? "parameters" : "env"), name, value.before,
              places);
    // A parameter is put in before the words are split, a variable of a shell is split itself.
    const std::string word = quoted_for_shell(value.after);
    const bool parameter = value.hole[0] == '{';
    const bool fits = parameter || value.quoted || word == value.after;
    if (!fits) places.clear();
    for (const Node place : places)
      edits.push_back({place.at(), word_of_yaml(parameter && !value.quoted ? word : value.after)});
    const auto assigned =
        entry || !fits ? std::nullopt : assigned_value(command, name, value, sources);
    if (assigned) edits.push_back({*assigned, word});
    if (places.empty() && !assigned)
      out.add(FindingId::K047, value.at,
              fmt::format("{} has no counterpart where {} is set", value.before, value.hole))
          .help =
          fmt::format("it is left as it is: {}make it {} there",
                      fits ? "" : fmt::format("put quotes around {}, and ", value.hole), word);
  }
  return edits;
}

}  // namespace ipucnn
