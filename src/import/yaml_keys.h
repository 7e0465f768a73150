#pragma once

#include <string_view>

namespace ipucnn::importing {

/// Keys whose text a shell runs: of benchmark lists, workflows and containers, and their siblings
/// in other programs' files.
bool holds_shell(std::string_view key);

/// Keys with a list of such texts, one after the other in the same shell.
bool holds_lines(std::string_view key);

/// Whether a YAML text is another program's that holds commands: a benchmark list, a workflow, a
/// manifest. Judged by its keys alone, so that one which is no YAML of ours is not read as such.
bool holds_commands(std::string_view text);

}  // namespace ipucnn::importing
