#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/literal_dollar.h"
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
  OpenDocument,          ///< a here-document without the line that ends it
  CarriageReturn,        ///< a line that ends in CR LF
  OtherBlank,            ///< a blank of Unicode, which a shell takes for a letter
};

/// What is not read: only a shell can tell what it comes to, or no job can hold it.
enum class ShellGap : std::uint8_t {
  Substitution,  ///< $(..), `..`, ${NAME#..}, {a,b}, logs/*, $1 of a script
  Arguments,     ///< "$@" of a script
  Input,         ///< < file, << END, or behind a pipe
  Pipe,          ///< into a program that does more than to copy
  Wrapper,       ///< a program that starts the one that is read
  Processes,     ///< the same, which starts it several times
  Background,
};

template <typename Kind>
struct ShellMark {
  Kind kind;
  std::uint32_t begin = 0;  ///< offsets in the source
  std::uint32_t end = 0;
};

/// A word as the program gets it, save that a variable stands as `${env:NAME}`; NAME can be `1`,
/// `@`, `*`, `LIST[@]`, `LIST[*]` and `LIST[1]` as well, until ShellState puts these in.
struct ShellWord {
  Located value;
  std::uint32_t begin = 0;  ///< offsets in the source of the word as it was written
  std::uint32_t end = 0;
  std::vector<std::uint32_t> bare{};  ///< where variables without quotes stand in the value's text
  bool quoted = false;                ///< some of it stood in quotes
  bool escaped = false;               ///< or behind a backslash
  bool known = true;                  ///< no part of it is a gap
};

/// `NAME=(WORD..)`, or with `+=` what is put behind it.
struct ShellList {
  std::string name;
  std::vector<ShellWord> words;
  bool appends = false;
  std::uint32_t begin = 0;  ///< offsets in the source
  std::uint32_t end = 0;
};

/// A loop that a command stands in.
struct ShellLoop {
  std::string name;               ///< of a `for` whose words are known; empty: any other loop
  std::string use;                ///< what stands for the name in words of commands
  std::vector<ShellWord> values;  ///< the words
  std::uint32_t begin = 0;        ///< offsets in the source of its head
  std::uint32_t end = 0;
};

/// A variable that the text sets, and where: to what only a shell can tell, or to a value that
/// stands in a command's words.
struct ShellUnknown {
  std::string name;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

enum class ShellBlock : std::uint8_t { Subshell, Group, If, Case, Loop, For, Function };

/// What an entry of a text is: a simple command, or a border of a block. An `if` has a section for
/// each part behind its first condition, a `case` one for each pattern.
enum class ShellRole : std::uint8_t { Command, Open, Section, Close };

/// The operator in front of a command or block.
enum class ShellLink : std::uint8_t { None, And, Or, Pipe };

/// One simple command, or a border of a block.
struct ShellCommand {
  ShellRole role = ShellRole::Command;
  ShellBlock block = ShellBlock::Group;  ///< of a border
  ShellLink link = ShellLink::None;
  /// Of a `for`: its name and, if it has any, `in` and the words; of a function: its name.
  std::vector<ShellWord> words;
  std::vector<ShellList> lists;
  std::vector<ShellWord> defaults;  ///< NAME=VALUE of each ${NAME:=VALUE}
  /// Texts that its input is, here-documents and here-strings; shared because a here-document is
  /// read behind its command.
  std::vector<std::shared_ptr<ShellWord>> inputs;
  std::vector<ShellWord> outputs;  ///< files that it writes to
  std::vector<ShellMark<ShellFault>> faults;
  std::vector<ShellMark<ShellGap>> gaps;
  std::vector<ShellUnknown> used;     ///< variables whose values the text itself put in
  std::vector<ShellUnknown> unknown;  ///< variables that the text sets, but to nothing known
  std::vector<ShellLoop> loops;       ///< those that it stands in, the outermost first
  bool negated = false;               ///< behind `!`
  bool piped = false;        ///< of a command, and of a block's end: a pipe comes behind it
  bool prompted = false;     ///< a prompt stood in front of it
  bool substituted = false;  ///< of a subshell's borders: it is a $(..)
  bool ends_line = false;    ///< a line end came behind it
  std::uint32_t begin = 0;   ///< offset of its first word
  std::uint32_t end = 0;     ///< offset behind its last word
};

/// A word of a command as it stands; empty where the command has fewer.
std::string_view text_at(const ShellCommand& command, std::size_t word);

/// The commands of a text, in order, as bash splits them; comments are gone. Every block that is
/// opened is closed. Commands of a $(..) stand in a subshell in front of their command.
std::vector<ShellCommand> read_shell(const Located& text);

/// Whether it is a variable's name.
bool is_variable_name(std::string_view text);

}  // namespace ipucnn::importing
