// Pages of the manual: of the program, and of a command.
#include "ipucnn/manual.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/roff.h"

namespace ipucnn {
namespace {

std::string source_of(const DescribedProgram& program) {
  return fmt::format("ipucnn {}", program.version);
}

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

void add_variables(const DescribedVariables& variables, bool starts_jobs, ManualPage& page) {
  page.heading("ENVIRONMENT");
  for (const auto& [name, flag] : variables) page.item(name, "", "in place of " + flag);
  page.item("NO_COLOR", "", "no colour, whatever is in it");
  if (starts_jobs)
    page.item("DATA_DIR", "",
              "folder of the data set, where neither a site nor an option names it");
}

}  // namespace

std::string manual_of_program(const DescribedProgram& program) {
  ManualPage page("ipucnn", 1, program.date, source_of(program),
                  "launch CNN training on Graphcore IPUs, with the arithmetic proven first");
  page.heading("SYNOPSIS");
  page.paragraph("ipucnn COMMAND [OPTIONS] [OPTIONS OF THE APPLICATION]");
  page.heading("DESCRIPTION");
  page.paragraph(
      "Resolves a preset of a training application and what is said on the command line, proves "
      "that micro batch, gradient accumulation, replicas, instances and hosts fit each other and "
      "the machine, and prints or starts the exact command.");
  page.heading("COMMANDS");
  for (const DescribedCommand& one : program.commands)
    page.item(one.name, one.positionals, one.help);
  page.heading("OPTIONS");
  page.item("--help", "", "help of the program, or of the command");
  page.item("--version", "", "version and releases of the built-in data");
  add_statuses(page);
  add_variables(program.variables, true, page);
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
  for (const DescribedCommand& one : program.commands)
    others += fmt::format("ipucnn-{}(1), ", one.name);
  page.see_also(others + "ipucnn.yml(5)");
  return page.text();
}

std::string manual_of_command(const DescribedProgram& program, const DescribedCommand& command) {
  ManualPage page(fmt::format("ipucnn-{}", command.name), 1, program.date, source_of(program),
                  command.help);
  page.heading("SYNOPSIS");
  page.paragraph(fmt::format("ipucnn {}{}{} [OPTIONS]{}", command.name,
                             command.positionals.empty() ? "" : " ", command.positionals,
                             command.takes_overrides ? " [OPTIONS OF THE APPLICATION]" : ""));
  if (command.takes_overrides) {
    page.heading("DESCRIPTION");
    page.paragraph(
        "Any option that is not listed here is one of the application and overrides the preset; "
        "-- makes everything after it one.");
  }
  page.heading("OPTIONS");
  std::string_view part;
  for (const DescribedOption& option : command.options) {
    if (std::exchange(part, option.part) != option.part) page.part(option.part);
    page.item(option.flag, option.placeholder, option.help);
  }
  add_statuses(page);
  add_variables(command.variables, command.takes_overrides, page);
  page.see_also("ipucnn(1), ipucnn.yml(5)");
  return page.text();
}

}  // namespace ipucnn
