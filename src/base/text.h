#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ipucnn {

std::string join(const std::vector<std::string>& parts, std::string_view between);

/// ASCII only, as option names and choices are.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

/// Every `from` replaced: with_hyphens("batch_size") style conversions.
std::string replace_char(std::string_view text, char from, char to);

/// A whole decimal number with optional sign and nothing else; absent when it does not fit.
std::optional<std::int64_t> parse_int64(std::string_view text);

/// Releases in order, "2.9" below "2.10": numbers by value, anything else as text.
bool release_below(std::string_view a, std::string_view b);

/// Characters of UTF-8 text; a byte that starts no valid sequence counts as one.
std::size_t count_characters(std::string_view utf8);

bool is_utf8(std::string_view text);

/// Text for a terminal: nothing in it may move the cursor or colour the screen. A tab becomes a
/// blank, a control character or a byte that is no UTF-8 a question mark.
std::string printable(std::string_view text);

/// `n` things: "1 host", "4 hosts".
std::string counted(std::int64_t n, std::string_view singular);

}  // namespace ipucnn
