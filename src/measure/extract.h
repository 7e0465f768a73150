#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ipucnn::measuring {

/// Whether a number can be a figure. What is larger comes of a training that went wrong, as inf
/// does, and a double would not hold its squares and sums.
inline bool can_be_figure(double value) {
  constexpr double kLargest = 1e60;
  return value >= -kLargest && value <= kLargest;
}

/// Whether the byte may begin what parts thousands, a comma aside.
inline bool can_part_thousands(char c) { return c == '\'' || static_cast<signed char>(c) < 0; }

/// What stands in a value's place. `readable` is false where that is no number (nan, 1,024.5,
/// nothing).
struct Extracted {
  double value = 0;
  bool readable = true;
  std::string_view printed{};  ///< the number as it stands in the line
  bool there = true;           ///< false: the line has no place for it
};

/// A text without the blanks at its end, which do not tell it from others.
std::string_view without_last_blanks(std::string_view text);

/// The number between two texts, at the first place where all of it fits; blanks before it do not
/// count. What without_last_blanks leaves of `before` first stands at `at`: behind it one blank at
/// least, or the end of the line, where editors take blanks away and the value is missing.
Extracted number_between(std::string_view line, std::size_t at, std::string_view before,
                         std::string_view after);

/// A text that should be a number, blanks beside it aside.
Extracted number_in(std::string_view text);

std::vector<std::string_view> words_of(std::string_view line);

/// A row of a table: its first number, and what stands in a column. Absent when the words are none.
struct Row {
  std::optional<double> first;
  Extracted value;
};
std::optional<Row> row_in(std::span<const std::string_view> words, std::size_t columns,
                          std::size_t column);

}  // namespace ipucnn::measuring
