#include "cli/app.h"

#include <fmt/format.h>

#include <utility>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/help.h"
#include "cli/usage.h"
#include "ipucnn/catalog.h"
#include "ipucnn/render.h"

namespace ipucnn::cli {
namespace {

using CommandFunction = int (*)(const SplitArgv&, const Streams&, const World&);

CommandFunction function_of(std::string_view name) {
  constexpr std::pair<std::string_view, CommandFunction> kFunctions[] = {
#define COMMAND(name, letter, positionals, most_words, formats, marks, help) {#name, cmd_##name},
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

void unknown_command(const Word& typed, Diagnostics& out) {
  std::vector<std::string_view> names;
  for (const CommandRow& row : command_rows()) names.push_back(row.name);
  out.add(FindingId::U001, typed.at, fmt::format("there is no command '{}'", typed.text)).help =
      suggestion(typed.text, names);
}

int more_help(const Streams& streams, const SplitArgv& split) {
  const bool known = split.command && find_command(split.command->text) != nullptr;
  say(streams, fmt::format("`ipucnn {}--help` says more", known ? split.command->text + " " : ""));
  return kUsage;
}

/// Prints what is wrong with the words themselves.
int print_misuse(const Diagnostics& findings, const SplitArgv& split, const Streams& streams,
                 const World& world) {
  Sources sources;
  sources.set_command_line(split.text);
  sources.set_environment(split.environment);
  print_findings(findings, sources, split, streams, world);
  return more_help(streams, split);
}

/// `help`, `help COMMAND` and `version`, as other programs have them.
std::optional<std::string> asked_about_program(const SplitArgv& split, const CommandRow* command) {
  const std::string_view word = split.command ? std::string_view(split.command->text) : "";
  if (split.has(Option::Help) || word == "help") {
    if (word == "help" && split.positionals.size() == 1)
      command = find_command(split.positionals.front().text);
    return help_text(command);
  }
  if (split.has(Option::Version) || word == "version") return version_text();
  return std::nullopt;
}

}  // namespace

std::string_view program_version() { return IPUCNN_VERSION; }
std::string_view release_date() { return IPUCNN_DATE; }

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
  const std::string text = render_text(with_own_names(findings, split), sources, style);
  if (!text.empty()) streams.err(text);
}

int usage(const Streams& streams, std::string_view text, const SplitArgv& split) {
  say(streams, text);
  return more_help(streams, split);
}

int misused(const Word& word, std::string message, const SplitArgv& split, const Streams& streams,
            const World& world) {
  Diagnostics findings;
  findings.add(FindingId::U001, word.at, std::move(message));
  return print_misuse(findings, split, streams, world);
}

int run(const std::vector<std::string>& args, const Streams& streams, const World& world) {
  SplitArgv split = split_argv("ipucnn", args);
  const CommandRow* command = split.command ? find_command(split.command->text) : nullptr;
  Diagnostics findings;
  if (split.command && split.command->text == "help" && split.positionals.size() == 1 &&
      find_command(split.positionals.front().text) == nullptr) {
    unknown_command(split.positionals.front(), findings);
    return print_misuse(findings, split, streams, world);
  }
  if (const auto text = asked_about_program(split, command)) {
    streams.out(*text);
    return kDone;
  }
  if (split.command && command == nullptr) unknown_command(*split.command, findings);
  if (command != nullptr) {
    if (!tells_of_project(split)) add_environment(split, *command, world);
    judge_options(split, *command, findings);
  }
  // Behind an option that is not there nobody knows whose a word is.
  if (!findings.has_errors()) judge_words(split, command, findings);
  if (findings.has_errors()) return print_misuse(findings, split, streams, world);
  if (command == nullptr) {
    streams.err(help_text(nullptr));
    return kUsage;
  }
  return function_of(command->name)(split, streams, world);
}

}  // namespace ipucnn::cli
