#include "cli/app.h"

#include <fmt/format.h>

#include <utility>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/help.h"
#include "ipucnn/render.h"

namespace ipucnn::cli {
namespace {

using CommandFunction = int (*)(const SplitArgv&, const Streams&, const World&);

CommandFunction function_of(std::string_view name) {
  constexpr std::pair<std::string_view, CommandFunction> kFunctions[] = {
#define COMMAND(name, letter, positionals, formats, marks, help) {#name, cmd_##name},
#include "cli/commands.def"
#undef COMMAND
  };
  for (const auto& [known, function] : kFunctions)
    if (known == name) return function;
  return nullptr;
}

std::string version_text() {
  std::string text = "ipucnn " IPUCNN_VERSION "\n";
  Sources sources;
  const Catalog catalog(sources);
  for (const Entry& entry : catalog.entries(Section::Applications))
    text += fmt::format("{}  ({})\n", entry.name.text(), entry.body.find("source").text());
  return text;
}

int unknown_command(const SplitArgv& split, const Streams& streams) {
  std::vector<std::string_view> names;
  for (const CommandRow& row : command_rows()) names.push_back(row.name);
  const std::string hint = suggestion(split.command->text, names);
  say(streams, fmt::format("there is no command '{}'; {}", split.command->text, hint));
  return kUsage;
}

}  // namespace

std::string_view program_version() { return IPUCNN_VERSION; }

bool use_color(const SplitArgv& split, bool terminal, const World& world) {
  const auto when = split.value(Option::Color);
  if (when && when->text == "always") return true;
  if (when && when->text == "never") return false;
  const auto no_color = world.variable("NO_COLOR");
  return terminal && (!no_color || no_color->empty());
}

void print_findings(const Diagnostics& findings, const Sources& sources, const SplitArgv& split,
                    const Streams& streams, const World& world) {
  const RenderStyle style{use_color(split, streams.err_is_terminal, world), streams.width};
  const std::string text = render_text(findings, sources, style);
  if (!text.empty()) streams.err(text);
}

int usage(const Streams& streams, std::string_view text, const SplitArgv& split) {
  say(streams, text);
  say(streams, fmt::format("`ipucnn {}--help` says more",
                           split.command ? split.command->text + " " : std::string()));
  return kUsage;
}

int run(const std::vector<std::string>& args, const Streams& streams, const World& world) {
  SplitArgv split = split_argv("ipucnn", args);
  const CommandRow* command = split.command ? find_command(split.command->text) : nullptr;
  if (split.command && command == nullptr) return unknown_command(split, streams);
  if (split.has(Option::Help)) {
    streams.out(help_text(command));
    return kDone;
  }
  if (split.has(Option::Version)) {
    streams.out(version_text());
    return kDone;
  }
  if (command == nullptr) {
    streams.err(help_text(nullptr));
    return kUsage;
  }
  if (const std::string error = usage_error(split, *command); !error.empty())
    return usage(streams, error, split);
  add_environment(split, *command, world);
  return function_of(command->name)(split, streams, world);
}

}  // namespace ipucnn::cli
