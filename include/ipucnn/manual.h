#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ipucnn {

// The command line as a value, for pages of the manual.

struct DescribedOption {
  std::string flag;
  std::string_view placeholder;  ///< of its value; empty: it takes none
  std::string help;
  std::string_view part;  ///< title that it stands under, beside others of the same part
};
/// Variables of the environment, each with the flag that it stands for.
using DescribedVariables = std::vector<std::pair<std::string, std::string>>;

struct DescribedCommand {
  std::string_view name;
  std::string_view positionals;
  std::string_view help;
  bool takes_overrides = false;  ///< options of the application, too
  std::vector<DescribedOption> options{};
  DescribedVariables variables{};
};

struct DescribedProgram {
  std::string_view version;
  std::string_view date;  ///< of this version, 2026-11-26
  std::vector<DescribedCommand> commands;
  DescribedVariables variables;
};

/// ipucnn(1), as text for man.
std::string manual_of_program(const DescribedProgram& program);
/// ipucnn-COMMAND(1).
std::string manual_of_command(const DescribedProgram& program, const DescribedCommand& command);

}  // namespace ipucnn
