#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/shell_words.h"
#include "ipucnn/import.h"

namespace ipucnn::importing {

/// A variable that is set for a command. The value's places are those it was written at.
struct Assignment {
  std::string name;
  Located value;
  std::uint32_t begin = 0;  ///< offset of the name in the source
  std::uint32_t end = 0;
  bool appends = false;  ///< to the value that it has
};

/// `NAME=VALUE` or `NAME+=VALUE`; absent when the word is neither.
std::optional<Assignment> assignment(const ShellWord& word);

/// A command by its parts. Words keep the places they were read from.
struct CommandLine {
  std::vector<Assignment> env;       ///< set for the launcher
  std::string launcher;              ///< poprun, mpirun, mpiexec or none
  std::optional<ShellWord> started;  ///< the launcher's own word
  std::vector<ShellWord> launch;     ///< its options
  std::optional<ShellWord> python;
  std::vector<ShellWord> python_options;
  bool runs_module = false;         ///< `-m`: the script is a module's name
  std::optional<ShellWord> script;  ///< absent where none stands
  std::vector<ShellWord> options;   ///< the script's
  std::optional<ShellWord> folder;  ///< where it is started
  std::uint32_t begin = 0;          ///< offsets in the source
  std::uint32_t end = 0;
};

/// The launcher that a word starts, by the name that is known of it; empty when it is none.
std::string_view launcher_of(std::string_view word);
/// Whether the word starts something that can be one of ours: a launcher, Python or a script.
bool is_launcher(std::string_view word);
bool starts_program(std::string_view word);

/// Puts the words behind `first` into their parts. Reports a host list that a blank splits.
CommandLine read_command(const Catalog& catalog, const ShellCommand& command, std::size_t first,
                         const Places& places, Diagnostics& out);

void report_fault(const ShellMark<ShellFault>& fault, const Places& places, CommandSource kind,
                  Diagnostics& out);

/// Says what is wrong with the shell's words, and what of them is not read.
/// `unread` is how grave a part is that only a shell can tell.
void report_shell(const ShellCommand& command, const Places& places, CommandSource kind,
                  Diagnostics& out, Severity unread = Severity::Error);

}  // namespace ipucnn::importing
