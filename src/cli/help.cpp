#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/own_options.h"

namespace ipucnn::cli {
namespace {

constexpr std::ptrdiff_t kScreen = 24;
constexpr std::ptrdiff_t kAroundOptions = 8;  ///< lines of the help beside its options

constexpr std::string_view group_name(HelpGroup group) {
  switch (group) {
    case HelpGroup::What:
      return "What to run";
    case HelpGroup::Machine:
      return "On which machine";
    case HelpGroup::Written:
      return "How it is written";
    case HelpGroup::Running:
      return "While it runs";
    default:
      return "About this program";
  }
}

/// The options by CLI11's formatter, in groups when they fill a screen.
std::string options_text(const CommandRow& command) {
  OwnOptions options(command, true);
  const auto rows = option_rows();
  const bool long_list =
      std::count_if(rows.begin(), rows.end(),
                    [&](const OptionRow& row) { return row.belongs_to(command.letter); }) +
          kAroundOptions >
      kScreen;
  for (const OptionRow& row : rows) {
    if (!row.belongs_to(command.letter)) continue;
    CLI::Option* option = options.build(row);
    if (long_list) option->group(std::string(group_name(row.group)));
  }
  auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(30);
  formatter->label("REQUIRED", "");
  formatter->label("TEXT", "");
  options.app().formatter(formatter);
  // CLI11's own usage line cannot say that the application's options follow.
  std::string text = options.app().help();
  text.erase(0, text.find('\n', text.find("Usage:")) + 1);
  text.erase(0, text.find_first_not_of('\n'));
  text.erase(text.find_last_not_of('\n') + 1);
  // CLI11 sets its groups two blank lines apart.
  for (std::size_t at = 0; (at = text.find("\n\n\n", at)) != text.npos;) text.erase(at, 1);
  return text;
}

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
    for (const std::string_view name : command.formats)
      text += fmt::format("{}{}{}", name == *command.formats.begin() ? "" : ", ", name,
                          name == *command.formats.begin() ? " (default)" : "");
    for (const OptionRelation& relation : option_relations())
      if (relation.command == command.letter && relation.option == option.id)
        text = fmt::format("{}: {}", option_row(relation.other).flag(), text);
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
                       options_text(*command), closing(*command));
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
