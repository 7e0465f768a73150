#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"

namespace ipucnn::load {

enum class LauncherFault : std::uint8_t {
  None,
  Unknown,      ///< the table has no such option
  Abbreviated,  ///< nor this one, but one alone that begins so, which is taken for it
  Surplus,      ///< a value, and the option takes none
  Missing,      ///< no value, or an empty one
  Repeated,
  Invalid,  ///< a value that the option does not take
};

/// A value of an option and where it stands: in which word, behind how many bytes of it.
struct LauncherValue {
  std::string text;
  std::size_t word = 0;
  std::size_t offset = 0;
};

/// One option of a launcher's command line. Without a fault, and where it is abbreviated, `name`
/// and `option` are set and there are as many values as the option takes.
struct LauncherOption {
  Node name;         ///< key of the launcher's table
  Node option;       ///< its entry
  std::string flag;  ///< as it was written
  std::size_t word = 0;
  std::vector<LauncherValue> values;
  LauncherFault fault = LauncherFault::None;
};

/// The options of a launcher's command line up to the program it starts.
struct LauncherLine {
  std::vector<LauncherOption> options;
  std::size_t program = 0;  ///< index of the first word that is no option
};

/// What files say of a launcher's program under a key, the last file first; absent when none does.
Node launcher_field(const Catalog& catalog, std::string_view program, std::string_view field);
/// The table of the options of a launcher's program; absent when no file has one.
Node launcher_options(const Catalog& catalog, std::string_view program);

/// Reads `--o v`, `--o=v` and `-Hv` by a launcher's table of options. Goes on behind a fault: a
/// word behind an unknown option is taken for its value unless it is an option or looks like a
/// program.
LauncherLine read_launcher_line(Node options, const std::vector<std::string>& words);

/// Boost.Program_options' words for a bool, in any case.
std::optional<bool> parse_yes_no(std::string_view text);

/// The last part of a path.
std::string_view base_name(std::string_view path);

/// Whether a word can be what a launcher starts: a Python interpreter or a script.
bool looks_like_program(std::string_view word);

/// A word inside a word, as in --mpi-global-args: its text without quotes, and the bytes of the
/// outer word that it was written in.
struct InnerWord {
  std::string text;
  std::size_t begin = 0;
  std::size_t end = 0;
};
/// Blanks between words, quotes and backslashes as in a shell. Empty when a quote stays open.
std::optional<std::vector<InnerWord>> inner_words(std::string_view text);

}  // namespace ipucnn::load
