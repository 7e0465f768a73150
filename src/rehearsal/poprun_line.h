#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/tree.h"

namespace ipucnn::rehearsing {

/// A poprun command line that was understood: options by their names, then the program's words.
class PoprunLine {
 public:
  /// Reads words as Boost.Program_options does: `--o v`, `--o=v`, `-Hv`; the first word that is no
  /// option is the program. `options` is the launcher's table. Empty when a word is refused, with
  /// `error` in the words of such a parser.
  static std::optional<PoprunLine> parse(Node options, const std::vector<std::string>& words,
                                         std::string& error);

  bool has(std::string_view option) const;
  /// The value given, else the table's default; empty when there is neither.
  std::string text(std::string_view option) const;
  /// Every value of a repeatable option, in order.
  std::vector<std::string> texts(std::string_view option) const;
  /// A number whose kind the parser has checked; absent when it has no value.
  std::optional<std::int64_t> number(std::string_view option) const;
  bool yes(std::string_view option) const;
  /// The items of a value with commas.
  std::vector<std::string> items(std::string_view option) const;

  const std::vector<std::string>& program() const { return program_; }

 private:
  explicit PoprunLine(Node options) : options_(options) {}

  Node options_;
  std::vector<std::pair<std::string, std::string>> given_;
  std::vector<std::string> program_;
};

/// The words inside one word, as in --mpi-global-args: blanks between, quotes and backslashes as in
/// a shell. Empty when a quote stays open.
std::optional<std::vector<std::string>> split_words(std::string_view text);

}  // namespace ipucnn::rehearsing
