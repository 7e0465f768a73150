#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace ipucnn::cli {

/// One row of options.def.
struct OptionRow {
  std::string_view name;  ///< without dashes
  std::string_view placeholder;
  bool repeatable;
  std::string_view commands;
  std::string_view help;

  bool is_switch() const { return placeholder.empty(); }
  bool belongs_to(char command) const {
    return commands == "*" || commands.find(command) != std::string_view::npos;
  }
  /// Whether other commands take the name for an option of the application.
  bool is_shared() const { return commands.back() == '!'; }
};

std::span<const OptionRow> option_rows();

/// The row of `--name`; null when it is not ours.
const OptionRow* find_option(std::string_view flag);

/// A command: its name, the letter that options.def has for it, its positional words, what its
/// --format may name, one line of help.
struct CommandRow {
  std::string_view name;
  char letter;
  std::string_view positionals;
  std::string_view formats;
  std::string_view help;

  /// The formats by name, the default first.
  std::vector<std::string_view> format_names() const;
  /// Whether it takes one preset or job, and not several.
  bool takes_one() const { return name != "check" && name != "lock"; }
};
std::span<const CommandRow> command_rows();
const CommandRow* find_command(std::string_view name);

}  // namespace ipucnn::cli
