// The only file that sees CLI11: it checks how our own options are used and lays out their help.
// Just the options that a command line uses are built, because building all costs more than a whole
// plan.
#include "cli/help.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/suggest.h"
#include "base/text.h"

namespace ipucnn::cli {
namespace {

void add_row(CLI::App& app, const OptionRow& row, const std::string& help) {
  const std::string flag = row.flag();
  if (row.is_switch()) {
    app.add_flag(flag, help);
    return;
  }
  CLI::Option* option = app.add_option(flag, help)->type_name(std::string(row.value.placeholder));
  option->expected(1);
  if (row.is(kRepeatable))
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  else
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void prepare(CLI::App& app) {
  app.set_help_flag();
  auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(30);
  formatter->label("REQUIRED", "");
  formatter->label("TEXT", "");
  app.formatter(formatter);
}

std::string formats_text(const CommandRow& command) {
  std::string text;
  for (const std::string_view name : command.formats) {
    text += text.empty() ? "" : ", ";
    text += name;
    if (name == *command.formats.begin()) text += " (default)";
  }
  return text;
}

std::string command_help(const CommandRow& command) {
  CLI::App app;
  prepare(app);
  for (const OptionRow& row : option_rows())
    if (row.belongs_to(command.letter))
      add_row(app, row, row.id == Option::Format ? formats_text(command) : std::string(row.help));
  // CLI11's own usage line cannot say that the application's options follow.
  std::string text = app.help();
  text.erase(0, text.find("Options:"));
  text.erase(text.find_last_not_of('\n') + 1);
  return fmt::format(
      "ipucnn {}: {}\n\nUsage: ipucnn {}{}{} [OPTIONS] [OPTIONS OF THE APPLICATION]\n\n{}\n",
      command.name, command.help, command.name, command.positionals.empty() ? "" : " ",
      command.positionals, text);
}

}  // namespace

std::string help_text(const CommandRow* command) {
  if (command != nullptr) {
    std::string text = command_help(*command);
    if (command->name == "import")
      return text +
             "\nWithout a FILE the words behind `--` are the command that is read:\n"
             "  ipucnn import -- poprun --num-replicas 16 python3 train.py --config NAME\n";
    return text +
           "\nAny other option is one of the application and overrides the preset;\n"
           "`--` makes everything after it one.\n";
  }
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

std::string usage_error(const SplitArgv& split, const CommandRow& command) {
  CLI::App app;
  app.set_help_flag();
  std::vector<std::string> words;
  std::vector<const OptionRow*> built;
  for (const Given& given : split.given) {
    const OptionRow& row = *given.row;
    const std::string flag = row.flag();
    if (!row.belongs_to(command.letter))
      return fmt::format("{} is no option of `ipucnn {}`", flag, command.name);
    if (given.value && row.is_switch()) return fmt::format("{} takes no value", flag);
    if (!given.value && !row.is_switch())
      return fmt::format("{} needs a value: {}", flag, row.value.placeholder);
    if (std::find(built.begin(), built.end(), &row) == built.end()) {
      add_row(app, row, std::string(row.help));
      built.push_back(&row);
    }
    const bool format = row.id == Option::Format;
    const WordList& choices = format ? command.formats : row.value.choices;
    if (choices.size > 0 && !choices.contains(given.value->text))
      return fmt::format("{}{} is one of {}, not '{}'", flag,
                         format ? fmt::format(" of {}", command.name) : "", choices.joined(),
                         given.value->text);
    words.push_back(given.value ? flag + "=" + given.value->text : flag);
  }
  // Of other options the last counts, as a word behind an alias means it; a preset or a job that is
  // not looked at would be missed.
  for (const Option option : {Option::Config, Option::Job})
    if (const auto several = split.values(option); command.is(kTakesOne) && several.size() > 1)
      return fmt::format("{} takes one {}, and not '{}' and '{}'", command.name,
                         option_row(option).flag(), several[0].text, several[1].text);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& e) {
    return e.what();
  }
  return {};
}

}  // namespace ipucnn::cli
