#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "import/located.h"

namespace ipucnn::importing {

/// What a shell makes of a text that its author did not mean. The reader goes on as it was meant.
enum class ShellFault : std::uint8_t {
  StrayBlank,            ///< a backslash before a blank, between two words
  BlankBehindBackslash,  ///< a blank between a backslash and the end of its line
  BackslashInQuotes,     ///< a backslash at the end of a line, in single quotes
  LostBackslash,         ///< a line of options that belongs to the command above it
  Prompt,                ///< `$ ` in front of the command
  Placeholder,           ///< `<a|b>`
  BareJson,              ///< NAME={"a":"b"} without quotes around it
  OpenQuote,             ///< a quote that is never closed
};

/// What is not read, because only a shell can tell what it comes to.
enum class ShellGap : std::uint8_t {
  Substitution,  ///< $(..), `..`, ${NAME#..}, $1, {a,b}
  Redirection,   ///< > file, 2>&1, << END
  Pipe,
  Background,
  Compound,  ///< in a loop, a condition or a function
};

template <typename Kind>
struct ShellMark {
  Kind kind;
  std::uint32_t begin = 0;  ///< offsets in the source
  std::uint32_t end = 0;
};

/// A word as the program gets it, save that a variable stands as `${env:NAME}`.
struct ShellWord {
  Located value;
  std::uint32_t begin = 0;  ///< offsets in the source of the word as it was written
  std::uint32_t end = 0;
};

/// One simple command.
struct ShellCommand {
  std::vector<ShellWord> words;
  std::vector<ShellMark<ShellFault>> faults;
  std::vector<ShellMark<ShellGap>> gaps;
  std::vector<std::string> used;  ///< variables whose values the text itself put in
  bool prompted = false;          ///< a prompt stood in front of it
  bool ends_line = false;         ///< a line end came behind it
  std::uint32_t depth = 0;        ///< how many parentheses it stands in
  std::uint32_t end = 0;          ///< offset behind its last word
};

/// The simple commands of a text, in order, as a POSIX shell splits them; comments are gone.
std::vector<ShellCommand> read_shell(const Located& text);

/// Whether it is a variable's name.
bool is_variable_name(std::string_view text);

}  // namespace ipucnn::importing
