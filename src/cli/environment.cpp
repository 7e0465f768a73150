#include "cli/environment.h"

#include "base/text.h"

namespace ipucnn::cli {

std::string variable_of(const OptionRow& row) {
  return "IPUCNN_" + to_upper(replace_char(row.name, '-', '_'));
}

void add_environment(SplitArgv& split, const CommandRow& command, const World& world) {
  std::uint32_t line = 0;
  for (const OptionRow& row : option_rows()) {
    if (!row.is(kVariable) || !row.belongs_to(command.letter) || split.has(row.id)) continue;
    const std::string variable = variable_of(row);
    const auto value = world.variable(variable);
    if (!value || value->empty() || value->find('\n') != std::string::npos) continue;
    ++line;
    const auto column = static_cast<std::uint32_t>(variable.size()) + 2;
    const Span at{kEnvironment, line, column, static_cast<std::uint32_t>(value->size())};
    split.environment += variable + "=" + *value + "\n";
    const Span flag{kEnvironment, line, 1, column - 2};
    split.given.push_back({&row, {variable, flag}, Word{*value, at}});
  }
}

bool tells_of_project(const SplitArgv& split) {
  return split.has(Option::Locked) || (split.command && split.command->text == "lock");
}

}  // namespace ipucnn::cli
