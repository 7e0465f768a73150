// `man` prints a page of the manual: of the program, of a command, or of files of ours. All are
// made from the tables that parsing goes by.
#include <fmt/format.h>

#include <array>

#include "base/roff.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/help.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

constexpr std::string_view kFilesPage = "ipucnn.yml";

std::string source() { return fmt::format("ipucnn {}", program_version()); }

struct ExitStatus {
  std::string_view number;
  std::string_view meaning;
};
constexpr std::array<ExitStatus, 5> kStatuses = {{
    {"0", "done; warnings do not count"},
    {"1",
     "a finding of error severity, something that a start needs and is not there, or a "
     "regression; also when only some runs of a sweep were left out"},
    {"2", "an option of ipucnn misused, or a file that cannot be read or written"},
    {"3",
     "the job could not be started, failed, fell silent, took too long, or its output could "
     "not be kept"},
    {"130, 143", "ended by a signal that was passed on: SIGINT (or SIGHUP, SIGQUIT), SIGTERM"},
}};

void add_statuses(ManualPage& page) {
  page.heading("EXIT STATUS");
  for (const ExitStatus& status : kStatuses) page.item(status.number, "", status.meaning);
}

void add_option(const OptionRow& row, const CommandRow& command, ManualPage& page) {
  std::string help = option_help(row, command);
  for (const std::string_view choice : row.value.choices)
    if (help.find(choice) == std::string::npos) {
      help += ": " + row.value.choices.joined(" or ");
      break;
    }
  page.item(row.flag(), row.value.placeholder, help);
}

void add_variables(const CommandRow* command, ManualPage& page) {
  page.heading("ENVIRONMENT");
  for (const OptionRow& row : option_rows())
    if (row.is(kVariable) && (command == nullptr || row.belongs_to(command->letter)))
      page.item(variable_of(row), "", "in place of " + row.flag());
  page.item("NO_COLOR", "", "no colour, whatever is in it");
  if (command == nullptr || command->is(kTakesOverrides))
    page.item("DATA_DIR", "",
              "folder of the data set, where neither a site nor an option names it");
}

std::string page_of_program() {
  ManualPage page("ipucnn", 1, release_date(), source(),
                  "launch CNN training on Graphcore IPUs, with the arithmetic proven first");
  page.heading("SYNOPSIS");
  page.paragraph("ipucnn COMMAND [OPTIONS] [OPTIONS OF THE APPLICATION]");
  page.heading("DESCRIPTION");
  page.paragraph(
      "Resolves a preset of a training application and what is said on the command line, proves "
      "that micro batch, gradient accumulation, replicas, instances and hosts fit each other and "
      "the machine, and prints or starts the exact command.");
  page.heading("COMMANDS");
  for (const CommandRow& row : command_rows()) page.item(row.name, row.positionals, row.help);
  page.heading("OPTIONS");
  page.item("--help", "", "help of the program, or of the command");
  page.item("--version", "", "version and releases of the built-in data");
  add_statuses(page);
  add_variables(nullptr, page);
  page.heading("FILES");
  page.item("/etc/ipucnn/*.yml", "", "files of the machine room");
  page.item("~/.config/ipucnn/*.yml", "", "files of a user");
  page.item("ipucnn.yml", "", "file of a project, found from the current folder upward");
  page.item("ipucnn.lock", "", "commands that the project's presets mean, for check --locked");
  page.item("runs/", "", "run folders, unless runs_dir or --output names another folder");
  page.heading("EXAMPLES");
  page.literal(
      "ipucnn show presets\n"
      "ipucnn run --config mk2_resnet50_gn_16ipus --dry-run\n"
      "ipucnn solve --config mk2_resnet50_gn_16ipus --target pod64\n"
      "ipucnn check train.sh");
  std::string others;
  for (const CommandRow& row : command_rows()) others += fmt::format("ipucnn-{}(1), ", row.name);
  page.see_also(others + "ipucnn.yml(5)");
  return page.text();
}

std::string page_of(const CommandRow& command) {
  ManualPage page(fmt::format("ipucnn-{}", command.name), 1, release_date(), source(),
                  command.help);
  page.heading("SYNOPSIS");
  page.paragraph(fmt::format("ipucnn {}{}{} [OPTIONS]{}", command.name,
                             command.positionals.empty() ? "" : " ", command.positionals,
                             command.is(kTakesOverrides) ? " [OPTIONS OF THE APPLICATION]" : ""));
  if (command.is(kTakesOverrides)) {
    page.heading("DESCRIPTION");
    page.paragraph(
        "Any option that is not listed here is one of the application and overrides the preset; "
        "-- makes everything after it one.");
  }
  page.heading("OPTIONS");
  for (std::size_t i = 0; i < kHelpGroups; ++i) {
    const auto group = static_cast<HelpGroup>(i);
    bool titled = false;
    for (const OptionRow& row : option_rows()) {
      if (row.group != group || !row.belongs_to(command.letter)) continue;
      if (!titled) page.part(group_title(group));
      titled = true;
      add_option(row, command, page);
    }
  }
  add_statuses(page);
  add_variables(&command, page);
  page.see_also("ipucnn(1), ipucnn.yml(5)");
  return page.text();
}

}  // namespace

int cmd_man(const SplitArgv& split, const Streams& streams, const World&) {
  const std::string what = split.positionals.empty() ? "" : split.positionals.front().text;
  const CommandRow* command = find_command(what);
  if (what == kFilesPage)
    streams.out(manual_of_files(release_date(), source()));
  else if (command != nullptr)
    streams.out(page_of(*command));
  else if (what.empty() || what == "ipucnn")
    streams.out(page_of_program());
  else
    return usage(streams, "man takes a command or ipucnn.yml, or nothing for the program", split);
  return kDone;
}

}  // namespace ipucnn::cli
