#include "cli/options.h"

#include <algorithm>

namespace ipucnn::cli {
namespace {

constexpr OptionRow kOptions[] = {
#define OPTION(name, placeholder, repeatable, commands, help) \
  {#name, placeholder, repeatable, commands, help},
#include "cli/options.def"
#undef OPTION
};

constexpr CommandRow kCommands[] = {
#define COMMAND(name, letter, positionals, formats, help) \
  {#name, letter, positionals, formats, help},
#include "cli/commands.def"
#undef COMMAND
};

}  // namespace

std::vector<std::string_view> CommandRow::format_names() const {
  std::vector<std::string_view> names;
  for (std::string_view left = formats; !left.empty();) {
    const std::string_view one = left.substr(0, left.find(", "));
    names.push_back(one.substr(0, one.find(' ')));
    left.remove_prefix(std::min(one.size() + 2, left.size()));
  }
  return names;
}

std::span<const OptionRow> option_rows() { return kOptions; }

const OptionRow* find_option(std::string_view flag) {
  if (flag.substr(0, 2) != "--") return nullptr;
  flag.remove_prefix(2);
  for (const OptionRow& row : kOptions)
    if (row.name == flag) return &row;
  return nullptr;
}

std::span<const CommandRow> command_rows() { return kCommands; }

const CommandRow* find_command(std::string_view name) {
  for (const CommandRow& row : kCommands)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace ipucnn::cli
