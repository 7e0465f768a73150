#include "cli/environment.h"

#include "base/text.h"

namespace ipucnn::cli {
namespace {

/// What a shell or a job script sets once. Figures and overrides belong to one command line.
constexpr std::string_view kSelecting[] = {
    "config", "presets", "app", "app-dir", "purpose", "target", "site", "launch-profile",
};

}  // namespace

void add_environment(SplitArgv& split, const CommandRow& command, const World& world) {
  std::uint32_t line = 0;
  for (const std::string_view name : kSelecting) {
    const OptionRow* row = find_option("--" + std::string(name));
    const std::string variable = "IPUCNN_" + to_upper(replace_char(name, '-', '_'));
    if (row == nullptr || !row->belongs_to(command.letter) || split.has(name)) continue;
    const auto value = world.variable(variable);
    if (!value || value->empty() || value->find('\n') != std::string::npos) continue;
    ++line;
    const auto column = static_cast<std::uint32_t>(variable.size()) + 2;
    const Span at{kEnvironment, line, column, static_cast<std::uint32_t>(value->size())};
    split.environment += variable + "=" + *value + "\n";
    const Span flag{kEnvironment, line, 1, column - 2};
    split.given.push_back({row, {variable, flag}, Word{*value, at}});
  }
}

}  // namespace ipucnn::cli
