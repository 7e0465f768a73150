#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/shell_words.h"

namespace ipucnn::importing {

/// Where the words of a command name a launcher or a known script without being read as its
/// command.
class NamedPrograms {
 public:
  /// `scripts` are the file names of the scripts that are known.
  explicit NamedPrograms(std::vector<std::string> scripts) : scripts_(std::move(scripts)) {}

  bool is_script(std::string_view word) const;
  /// Whether some word of a text is a launcher or a known script.
  bool in_text(std::string_view text) const;
  /// Index of the word that names one, in a command whose program is word `first` and none of ours;
  /// absent where nothing is started, as by `echo`.
  std::optional<std::size_t> find(const ShellCommand& command, std::size_t first) const;

 private:
  bool begins_command(const ShellCommand& command, std::size_t at) const;
  std::optional<std::size_t> find_alias(const ShellCommand& command, std::size_t first) const;

  std::vector<std::string> scripts_;
};

/// A launcher that shares work out among processes in a way that no job of ours has.
bool is_foreign_launcher(std::string_view word);
/// A program that takes a text, or the words behind its own, for a command and starts it.
bool starts_commands(std::string_view word);

}  // namespace ipucnn::importing
