#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "ipucnn/resolve.h"

namespace ipucnn::cli {

/// An option of ours as it was given.
struct Given {
  const OptionRow* row;
  Word flag;
  std::optional<Word> value;             ///< absent for a switch, and when the value is missing
  std::optional<std::int64_t> number{};  ///< the value of a figure, once it is judged
  std::optional<double> part{};          ///< the same of a part
};

/// The words of a command line by owner, each with its place.
struct SplitArgv {
  std::string text;             ///< the command line as it is shown in findings
  std::string environment;      ///< variables that stand for options, NAME=VALUE, one a line
  std::optional<Word> command;  ///< absent when none is given
  std::vector<Given> given;
  std::vector<Word> positionals;
  std::vector<Word> overrides;       ///< words for the application
  std::vector<Word> before_command;  ///< words with a dash that stand before the command

  bool has(Option option) const;
  /// The last value given.
  std::optional<Word> value(Option option) const;
  std::vector<Word> values(Option option) const;
  /// The last figure given, once it is judged.
  std::optional<std::int64_t> number(Option option) const;
  std::optional<double> part(Option option) const;
};

/// Tells our words from the application's: options of ours are never abbreviated, anything else
/// that begins with a dash is an override together with the words behind it, and `--` makes all
/// that follows one. Whether the words make sense is judged elsewhere (usage.h). `program` is
/// argv[0].
SplitArgv split_argv(std::string_view program, const std::vector<std::string>& args);

}  // namespace ipucnn::cli
