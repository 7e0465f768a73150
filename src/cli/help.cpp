#include "cli/help.h"

#include <fmt/format.h>

#include "cli/own_options.h"

namespace ipucnn::cli {
namespace {

std::string_view closing(const CommandRow& command) {
  if (command.name == "import")
    return "\nWithout a FILE the words behind `--` are the command that is read:\n"
           "  ipucnn import -- poprun --num-replicas 16 python3 train.py --config NAME\n"
           "Beside a FILE, other options are the application's and override its commands'.\n";
  if (command.is(kTakesOverrides))
    return "\nAny other option is one of the application and overrides the preset;\n"
           "`--` makes everything after it one.\n";
  return "";
}

}  // namespace

std::string option_help(const OptionRow& option, const CommandRow& command) {
  std::string text(option.help);
  if (option.value.kind == ValueKind::Format) {
    // What `import` prints without --plan has one format.
    std::string_view when;
    for (const OptionRelation& relation : option_relations())
      if (relation.command == command.letter && relation.option == option.id)
        when = option_row(relation.other).name;
    for (const std::string_view name : command.formats)
      text += fmt::format("{}{}{}", name == *command.formats.begin() ? "" : ", ", name,
                          name == *command.formats.begin() && when.empty() ? " (default)" : "");
    if (!when.empty()) text = fmt::format("--{}: {}", when, text);
  }
  if (option.is(kSubject) && takes_several(option, command)) text += "; repeatable";
  return text;
}

std::string help_text(const CommandRow* command) {
  if (command != nullptr)
    return fmt::format("ipucnn {0}: {1}\n\nUsage: ipucnn {0}{2}{3} [OPTIONS]{4}\n\n{5}\n{6}",
                       command->name, command->help, command->positionals.empty() ? "" : " ",
                       command->positionals,
                       command->is(kTakesOverrides) ? " [OPTIONS OF THE APPLICATION]" : "",
                       own_options_help(*command), closing(*command));
  std::string text =
      "ipucnn: launch CNN training on Graphcore IPUs, with the arithmetic proven first\n\n"
      "Usage: ipucnn COMMAND [OPTIONS] [OPTIONS OF THE APPLICATION]\n\nCommands:\n";
  for (const CommandRow& row : command_rows())
    text += fmt::format("  {:<11} {}\n", row.name, row.help);
  text +=
      "\nOptions:\n"
      "  --help      help of the program, or of the command\n"
      "  --version   version and releases of the built-in data\n"
      "\nStart here:\n"
      "  ipucnn show presets\n"
      "  ipucnn run --config mk2_resnet50_gn_16ipus --dry-run\n";
  return text;
}

}  // namespace ipucnn::cli
