#include <algorithm>
#include <optional>

#include "base/trim.h"
#include "import/document_lines.h"
#include "import/yaml_keys.h"
#include "ipucnn/import.h"

namespace ipucnn {
namespace importing {
namespace {

/// Whether the first line with something in it is a key, an item or a mark of YAML.
bool begins_as_yaml(std::string_view text) {
  for (const Line& line : lines_of(text)) {
    const std::string_view shown = trimmed(line.text, " \t\r");
    if (shown.empty() || shown[0] == '#') continue;
    const std::string_view key = trimmed(shown.substr(0, shown.find(':')), " ");
    return shown[0] == '{' || shown.starts_with("- ") || shown.starts_with("---") ||
           (key != shown && key.find(' ') == key.npos);
  }
  return false;
}

bool has_fence(std::string_view text) {
  const std::vector<Line> lines = lines_of(text);
  return std::any_of(lines.begin(), lines.end(), [](const Line& line) {
    return line.text.starts_with("```") || line.text.starts_with("~~~");
  });
}

}  // namespace
}  // namespace importing

std::optional<CommandSource> command_source(std::string_view name, std::string_view text) {
  if (name.ends_with(".md") || name.ends_with(".markdown")) return CommandSource::Markdown;
  if (name.ends_with(".rst")) return CommandSource::Rst;
  if (name.ends_with(".ipynb")) return CommandSource::Notebook;
  if (name.ends_with(".sh") || name.ends_with(".bash")) return CommandSource::Shell;
  if (text.substr(0, 2) == "#!")
    return text.substr(0, text.find('\n')).find("sh") != text.npos
               ? std::optional(CommandSource::Shell)
               : std::nullopt;
  if (name.ends_with(".json")) return std::nullopt;
  const bool yaml = name.ends_with(".yml") || name.ends_with(".yaml");
  if ((yaml || importing::begins_as_yaml(text)) && importing::holds_commands(text))
    return CommandSource::Yaml;
  const std::string_view base = name.substr(name.rfind('/') + 1);
  const bool prose = base.find('.') == base.npos || base.ends_with(".txt");
  return prose && importing::has_fence(text) ? std::optional(CommandSource::Markdown)
                                             : std::nullopt;
}

}  // namespace ipucnn
