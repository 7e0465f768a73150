#include "cli/options.h"

#include <algorithm>

#include "base/text.h"

namespace ipucnn::cli {
namespace {

using enum HelpGroup;

constexpr OptionRow kOptions[] = {
#define OPTION(id, name, value, commands, group, marks, help) \
  {Option::id, name, value, commands, group, marks, help},
#include "cli/options.def"
#undef OPTION
};

constexpr CommandRow kCommands[] = {
#define COMMAND(name, letter, positionals, formats, marks, help) \
  {#name, letter, positionals, formats, marks, help},
#include "cli/commands.def"
#undef COMMAND
};

/// Whether "AppDir" is the id of "app-dir". --plan is another option of run than of import, and the
/// only one that two rows have.
constexpr bool is_id_of(std::string_view id, std::string_view name) {
  std::size_t at = 0;
  bool first = true;
  for (const char c : name) {
    if (c != '-') {
      const char wanted = first && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      if (at == id.size() || id[at++] != wanted) return false;
    }
    first = c == '-';
  }
  return at == id.size();
}
#define OPTION(id, name, value, commands, group, marks, help) \
  static_assert(is_id_of(#id, name) || Option::id == Option::PlanFile);
#include "cli/options.def"
#undef OPTION

}  // namespace

bool WordList::contains(std::string_view word) const {
  return std::find(begin(), end(), word) != end();
}

std::string WordList::joined() const { return join({begin(), end()}, ", "); }

std::span<const OptionRow> option_rows() { return kOptions; }

const OptionRow& option_row(Option option) { return kOptions[static_cast<std::size_t>(option)]; }

const OptionRow* find_option(std::string_view flag, const CommandRow* command) {
  if (flag.substr(0, 2) != "--") return nullptr;
  flag.remove_prefix(2);
  const OptionRow* found = nullptr;
  for (const OptionRow& row : kOptions) {
    if (row.name != flag) continue;
    if (command == nullptr || row.belongs_to(command->letter)) return &row;
    if (found == nullptr) found = &row;
  }
  return found;
}

std::span<const CommandRow> command_rows() { return kCommands; }

const CommandRow* find_command(std::string_view name) {
  for (const CommandRow& row : kCommands)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace ipucnn::cli
