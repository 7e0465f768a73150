#pragma once

#include <vector>

#include "import/shell_word.h"

namespace ipucnn::importing {

/// Puts together the entries of a text: its commands, and the blocks that they stand in.
class BlockReader : protected WordReader {
 protected:
  struct OpenBlock {
    ShellBlock kind;
    bool in_pattern = false;  ///< of a `case`: where a pattern comes, and no command
    bool has_sections = false;
  };

  BlockReader(const Located& text, int depth) : WordReader(text), depth_(depth) {}

  void add_word(std::string_view text, std::size_t begin, std::size_t end);
  void push_word(ShellWord word);
  void end_command(bool at_line_end);
  bool open(ShellBlock kind, std::size_t begin);
  void add_border(ShellRole role, ShellBlock kind);
  /// Closes the innermost block of a kind and those that stand in it; none where there is none.
  void close(ShellBlock kind);
  void close_all();
  /// The commands of a $(..), in a subshell.
  void add_substituted(const Located& text);

  std::vector<ShellCommand> commands_;
  std::vector<bool> joins_;  ///< no empty line stands above the command
  std::vector<OpenBlock> open_;
  ShellLink link_ = ShellLink::None;

 private:
  void close_last();
  /// A function ends with the one command or block that is its body.
  void end_functions();
  void add_entry();

  bool gap_above_ = false;  ///< an empty line or a comment behind the last command
  int depth_;               ///< of $(..)
};

/// The same as read_shell, of a text that stands in so many $(..).
std::vector<ShellCommand> read_shell(const Located& text, int depth);

}  // namespace ipucnn::importing
