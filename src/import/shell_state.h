#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "import/command.h"

namespace ipucnn::importing {

/// What a shell knows while it goes through a text: its variables, and the folder it is in.
class ShellState {
 public:
  /// Assignments and, when exporting, bare names from word `first` on.
  void set(const ShellCommand& command, std::size_t first, bool exporting);
  void unset(const ShellCommand& command, std::size_t first);
  void change_folder(const ShellCommand& command, std::size_t first);
  void leave_folder() { folder_.reset(); }

  /// Puts in what the text itself set before; anything else stays a variable. A folder that was
  /// entered in parentheses is left behind them.
  void expand(ShellCommand& command);

  /// Variables that commands get, in the order of the text.
  std::vector<Assignment> exported() const;
  const std::optional<ShellWord>& folder() const { return folder_; }

 private:
  void expand(ShellWord& word, std::vector<std::string>& used) const;

  std::map<std::string, Assignment> variables_;  ///< set, whether or not they are exported
  std::vector<std::string> exported_;
  std::optional<ShellWord> folder_;
  std::uint32_t folder_depth_ = 0;
};

}  // namespace ipucnn::importing
