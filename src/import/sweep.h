#pragma once

#include <string>
#include <vector>

#include "import/application.h"

namespace ipucnn::importing {

/// An option whose only value is the name of a loop.
struct Sweep {
  const ShellLoop* loop = nullptr;
  std::string key;
  Span at;  ///< of the value
};

/// Everything of a line that a variable can stand in.
std::vector<Located*> values_of(CommandLine& line);

/// Whether a word without quotes stays one when it is put in.
bool is_one_word(const ShellWord& word);

/// Whether a loop that a command's words name is one that take_sweeps takes.
bool is_sweep(const CommandLine& line, const ShellLoop& loop, const AppSchema& schema,
              const FoundApplication& found, const Places& places);

/// Takes from a command the options that its loops run through, outermost first. Reports a loop
/// that only repeats the command, and a name that stands anywhere else.
std::vector<Sweep> take_sweeps(CommandLine& line, const std::vector<ShellLoop>& loops,
                               const AppSchema& schema, const FoundApplication& found,
                               const Places& places, Diagnostics& out);

}  // namespace ipucnn::importing
