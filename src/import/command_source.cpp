// What a file with commands in it is: one rule for whoever is given a file.
#include <algorithm>
#include <initializer_list>
#include <optional>

#include "base/text.h"
#include "base/trim.h"
#include "import/command.h"
#include "import/document_lines.h"
#include "import/makefile.h"
#include "import/shell_names.h"
#include "import/wrappers.h"
#include "import/yaml_keys.h"
#include "ipucnn/import.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn {
namespace importing {
namespace {

/// Whether the first line with something in it is a key, an item or a mark of YAML.
bool begins_as_yaml(std::string_view text) {
  for (const Line& line : lines_of(text)) {
    const std::string_view shown = trimmed(line.text, " \t\r");
    if (shown.empty() || shown[0] == '#' || shown.starts_with("//")) continue;
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

/// Whether a word behind a launcher or an interpreter is more than prose would have there.
bool is_started(std::string_view word) {
  return word.ends_with(".py") || starts_program(word) || (word.size() > 1 && word[0] == '-');
}

/// What comes in front of the first command of ours in a list of commands.
bool leads_up(const ShellCommand& command, std::size_t first) {
  constexpr std::string_view kNames[] = {"cd",    "export", "source", ".",     "set",  "module",
                                         "mkdir", "pushd",  "ulimit", "unset", "echo", "conda"};
  const std::string_view word = text_at(command, first);
  return word.empty() || std::find(std::begin(kNames), std::end(kNames), word) != std::end(kNames);
}

/// Whether the first command that starts something is a launcher's, or an interpreter's.
bool is_command_list(std::string_view text) {
  constexpr std::size_t kFarEnough = 1U << 14U;
  const std::size_t begin = behind_mark(text);
  for (ShellCommand& command :
       read_shell(take_part(text, begin, std::min(text.size(), begin + kFarEnough)))) {
    if (command.role != ShellRole::Command) continue;
    const std::size_t first = behind_wrappers(command);
    if (starts_program(text_at(command, first))) return is_started(text_at(command, first + 1));
    if (!leads_up(command, first)) return false;
  }
  return false;
}

bool ends_with_one(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(),
                     [&](std::string_view end) { return text.ends_with(end); });
}

}  // namespace

bool has_shell_name(std::string_view name) {
  const std::string base = to_lower(name.substr(name.rfind('/') + 1));
  return ends_with_one(base, {".sh", ".bash", ".zsh", ".ksh", ".sbatch", ".slurm", ".sl", ".job",
                              ".pbs", ".lsf", ".envrc"});
}

}  // namespace importing

std::optional<CommandSource> command_source(std::string_view name, std::string_view text) {
  using importing::ends_with_one;
  const std::string base = to_lower(name.substr(name.rfind('/') + 1));
  if (ends_with_one(base, {".md", ".markdown", ".mdx", ".qmd", ".rmd"}))
    return CommandSource::Markdown;
  if (base.ends_with(".rst")) return CommandSource::Rst;
  if (base.ends_with(".ipynb")) return CommandSource::Notebook;
  if (importing::has_shell_name(base)) return CommandSource::Shell;
  if (text.substr(0, 2) == "#!")
    return text.substr(0, text.find('\n')).find("sh") != text.npos
               ? std::optional(CommandSource::Shell)
               : std::nullopt;
  const bool json = base.ends_with(".json");
  const bool yaml = json || ends_with_one(base, {".yml", ".yaml"});
  // What this program writes as JSON names its schema.
  if (json && text.find("\"ipucnn.") != text.npos) return std::nullopt;
  if ((yaml || importing::begins_as_yaml(text)) && importing::holds_commands(text))
    return CommandSource::Yaml;
  if (importing::is_makefile(name, text)) return CommandSource::Shell;
  const bool prose = base.find('.') == base.npos || base.ends_with(".txt");
  if (!prose) return std::nullopt;
  if (importing::has_fence(text)) return CommandSource::Markdown;
  return importing::is_command_list(text) ? std::optional(CommandSource::Shell) : std::nullopt;
}

}  // namespace ipucnn
