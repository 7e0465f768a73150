#pragma once

#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/resolve.h"

namespace ipucnn::resolving {

/// What the words of a command line can name, looked up when asked for.
class Spellings {
 public:
  /// All that the script takes under these facts.
  Spellings(const AppSchema& schema, std::string_view script, Facts facts);
  Spellings(std::vector<OptionSpec> all);  // NOLINT: a list of options is one of spellings

  /// The first with this flag; null when there is none. Stays where it is.
  const OptionSpec* exact(std::string_view flag) const;
  const std::vector<OptionSpec>& all() const;

 private:
  const AppSchema* schema_ = nullptr;
  std::string_view script_;
  Facts facts_;
  mutable std::forward_list<OptionSpec> found_;
  mutable std::optional<std::vector<OptionSpec>> all_;
};

/// argparse's own test: -13, -9.5 and -.5 are values, -1e-5 is not.
bool is_negative_number(std::string_view word);

/// One option as it was given for the application.
struct Override {
  OptionSpec option;
  Value value;
  Span at;  ///< of the option
};

/// Reads words as the scripts' argparse does: `--o v`, `--o=v`, several values, unambiguous
/// prefixes, negative numbers, -N5, and nothing behind `--`. Hyphens and underscores are the same
/// to us. Reports every fault, in one pass.
std::vector<Override> parse_overrides(const std::vector<Word>& words, const AppSchema& schema,
                                      std::string_view script, const Facts& facts,
                                      Diagnostics& out);

/// The value given for one option among the words, before it is known which options exist: how the
/// scripts' first pass finds model and schedule. Absent when it is not among them.
std::optional<std::string> peek_override(const std::vector<Word>& words, const Spellings& options,
                                         std::string_view key);

/// Reports (K019) where an option that was typed overrules a `--set` of it that stands behind.
void report_unused_set(const Setting& typed, Diagnostics& out);

/// `--set KEY=VALUE`: VALUE is a plain YAML scalar, a quoted text, or a list in brackets.
struct SetValue {
  std::string key;
  Value value;
};
std::optional<SetValue> parse_set(const Word& word, std::string_view option, Diagnostics& out);

/// Under which model or schedule an option would exist that does not here, by its flag or key:
/// "it exists only with model efficientnet, and here it is resnet". Empty when that is not why.
std::string missing_condition(const AppSchema& schema, const Facts& facts, std::string_view name);

/// "SGD, RMSprop, momentum".
std::string choice_list(Node choices);

/// Checks type, choices and range of words given on a command line.
void check_words(const OptionSpec& option, const Value& value, std::string_view shown,
                 Diagnostics& out);

/// The same of a value that a file of ours or --set has, which a plan writes as words. Booleans,
/// numbers and lists are judged as they are written; variables and null are not.
void check_written_value(const OptionSpec& option, const Value& value, std::string_view key,
                         Diagnostics& out);

/// The place of a part of a word; the whole word when it had to be quoted.
Span part_of(const Word& word, std::size_t from, std::size_t length);

}  // namespace ipucnn::resolving
