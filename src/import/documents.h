#pragma once

#include <string_view>
#include <vector>

#include "import/shell_words.h"
#include "ipucnn/catalog.h"
#include "ipucnn/import.h"

namespace ipucnn::importing {

/// A piece of a document that holds commands.
struct CommandText {
  Located text;
  /// Variables that the document sets for it beside the shell's own (`env:` next to `cmd:`), whose
  /// `$NAME` is put in as in the command.
  std::vector<std::pair<Node, Node>> env;
  std::string_view title;     ///< what the document calls it; empty when it does not
  bool new_section = false;   ///< what was exported before no longer holds
  bool in_line = false;       ///< code in a line of prose, which may only speak of a command
  ShellCommand argv{};        ///< words that no shell splits; none where the text is to be read
  bool of_container = false;  ///< Kubernetes starts these words
};

/// The commands' texts of a shell script, a Markdown document (fenced and indented blocks, and in
/// prose code that begins with a program of ours and has an option; blocks in a language that is no
/// shell's are passed over, and so are those without one that begin as no command does), the same
/// of reStructuredText, YAML (`cmd:`, `run:`, `command:`, `args:` and their like) or a notebook. A
/// script's text begins at `begin`; `documents` are the trees of a YAML file.
std::vector<CommandText> command_texts(const Places& places, CommandSource kind, std::size_t begin,
                                       const std::vector<Node>& documents, Diagnostics& out);

/// Those of a Markdown text that is taken out of something else; places are offsets in it.
std::vector<CommandText> markdown_commands(std::string_view text);

}  // namespace ipucnn::importing
