#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "import/command.h"

namespace ipucnn::importing {

/// A text that only doublings make is no value of a command.
inline constexpr std::size_t kLongestText = 1U << 16U;

/// The list of `NAME[..]`, `NAME[..]=VALUE` and `NAME[..]+=VALUE`; empty for any other word.
std::string list_of_item(std::string_view word);

/// Variables that arithmetic sets: `N=1`, `N += 1`, `N++`, `--N`.
std::vector<std::string> names_set_by(std::string_view arithmetic);

/// What a shell knows while it goes through a text: its variables, its own words (`$1`), and the
/// folder it is in. A copy is a subshell.
class ShellState {
 public:
  /// Assignments and lists of a command whose words `expand` has seen, from word `first` on; when
  /// exporting, bare names, too.
  void set(const ShellCommand& command, std::size_t first, bool exporting);
  void set(const ShellWord& assigned);
  void unset(const ShellCommand& command, std::size_t first);
  /// Whatever it was, only a shell can tell now.
  void forget(const std::string& name, std::uint32_t begin, std::uint32_t end);
  /// The list that a word names an item of, as list_of_item() has it. Whether it does.
  bool forget_list(const ShellWord& item);
  /// What a command's $((..)) set.
  void forget_counted(const ShellCommand& command);
  void change_folder(const ShellCommand& command, std::size_t first);
  void forget_folder(std::uint32_t begin, std::uint32_t end);
  void leave_folder();
  void set_arguments(std::vector<ShellWord> words);
  /// The words are those that the script is given.
  void leave_arguments();
  /// `shift`, by so many.
  void shift(std::size_t count);

  /// What a copy costs: variables, and what was written.
  std::size_t size() const { return variables_.size() + written_.size(); }

  /// What was set so far, in order, and where; the folder has no name.
  const std::vector<ShellUnknown>& written() const { return written_; }
  /// Goes back to what was known before, save for what was written since.
  void go_back(const ShellState& before);
  /// Forgets what was written from index `from` on.
  void forget_since(std::size_t from);
  /// Variables as a program of its own sees them: those that are exported.
  void keep_exported();
  /// A variable as it is now, to be put back by `restore`; `@` is the text's own words.
  struct Saved;
  Saved save(const std::string& name) const;
  void restore(Saved saved);
  /// A function gets words of its own; behind the call the text has its own again, whatever was
  /// written to them from index `from` on.
  Saved begin_call(std::vector<ShellWord> words);
  void end_call(Saved own, std::size_t from);

  /// Puts in what the text itself set before; anything else stays a variable, or is a gap.
  void expand(ShellCommand& command) const;

  std::vector<ShellLoop> loops;  ///< those that the text is in

  /// Variables that commands get, in the order of the text.
  std::vector<Assignment> exported() const;
  /// Those of them whose values are not known.
  std::vector<ShellUnknown> unknown_exported() const;
  const std::optional<ShellWord>& folder() const { return folder_; }
  /// Where the text entered a folder that is not known.
  const std::optional<ShellUnknown>& unknown_folder() const { return unknown_folder_; }

 private:
  struct Variable {
    std::vector<ShellWord> words;  ///< one, unless it is a list
    bool known = true;
    bool is_list = false;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

 public:
  struct Saved {
    std::string name;
    std::optional<Variable> variable;
  };

 private:
  class Expander;

  void write(const std::string& name, Variable variable);
  void note_unknown(std::string_view text, ShellCommand& command) const;
  void set_list(const ShellList& list);

  std::map<std::string, Variable> variables_;  ///< set, whether or not exported; `@` as above
  std::vector<std::string> exported_;
  std::vector<ShellUnknown> written_;
  std::optional<ShellWord> folder_;
  std::optional<ShellUnknown> unknown_folder_;
};

}  // namespace ipucnn::importing
