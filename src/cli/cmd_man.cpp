// `man` prints a page of the manual: of the program, of a command, or of files of ours. All are
// made from the tables that parsing goes by.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/help.h"
#include "ipucnn/manual.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

constexpr std::string_view kFilesPage = "ipucnn.yml";

std::string help_with_choices(const OptionRow& row, const CommandRow& command) {
  std::string help = option_help(row, command);
  for (const std::string_view choice : row.value.choices)
    if (help.find(choice) == std::string::npos)
      return help + ": " + row.value.choices.joined(" or ");
  return help;
}

DescribedCommand described(const CommandRow& command) {
  DescribedCommand is{command.name, command.positionals, command.help, command.is(kTakesOverrides)};
  for (std::size_t i = 0; i < kHelpGroups; ++i) {
    const auto group = static_cast<HelpGroup>(i);
    for (const OptionRow& row : option_rows())
      if (row.group == group && row.belongs_to(command.letter))
        is.options.push_back({row.flag(), row.value.placeholder, help_with_choices(row, command),
                              group_title(group)});
  }
  for (const OptionRow& row : option_rows())
    if (row.is(kVariable) && row.belongs_to(command.letter))
      is.variables.emplace_back(variable_of(row), row.flag());
  return is;
}

DescribedProgram described_program() {
  DescribedProgram program{program_version(), release_date(), {}, {}};
  for (const CommandRow& row : command_rows()) program.commands.push_back(described(row));
  for (const OptionRow& row : option_rows())
    if (row.is(kVariable)) program.variables.emplace_back(variable_of(row), row.flag());
  return program;
}

}  // namespace

int cmd_man(const SplitArgv& split, const Streams& streams, const World&) {
  const std::string what = split.positionals.empty() ? "" : split.positionals.front().text;
  const DescribedProgram program = described_program();
  if (const CommandRow* command = find_command(what))
    streams.out(manual_of_command(program, described(*command)));
  else if (what == kFilesPage)
    streams.out(manual_of_files(program.date, fmt::format("ipucnn {}", program.version)));
  else if (what.empty() || what == "ipucnn")
    streams.out(manual_of_program(program));
  else
    return usage(streams, "man takes a command or ipucnn.yml, or nothing for the program", split);
  return kDone;
}

}  // namespace ipucnn::cli
