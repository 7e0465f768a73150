#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// What yaml-cpp's events do not say: where a value's own text begins and ends in the file.
namespace ipucnn::load {

/// A place in the text: its offset, and line and column from 1.
struct Place {
  std::size_t offset;
  std::uint32_t line;
  std::uint32_t column;
};

/// yaml-cpp marks a value at its anchor or tag; its text begins further on.
Place behind_properties(std::string_view text, Place place);

/// The spelling of a null at the place; empty when the place is that of the next token.
std::string_view null_word(std::string_view text, const Place& place);

/// The nearest dash at or above the place in this column, where a list has its dashes.
std::optional<Place> dash_above(std::string_view text, const Place& place, std::uint32_t column);

/// Bytes up to the next blank, line end or closing bracket.
std::uint32_t token_length(std::string_view text, const Place& place);

/// Bytes on its first line, quotes included, of a scalar at `begin` whose value has `size` bytes.
std::uint32_t scalar_length(std::string_view text, std::size_t begin, std::size_t size);

/// 0x_ and 0b__: numbers by their form, and without a digit.
bool lacks_digits(std::string_view number);

}  // namespace ipucnn::load
