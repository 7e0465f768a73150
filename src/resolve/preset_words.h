#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/resolve.h"

namespace ipucnn::resolving {

/// The option that a key of such a preset names: its own, or the one that the key begins, as an
/// abbreviated flag does. Several keys: it fits all of these and names none; none: it is unknown.
std::vector<std::string_view> named_by_key(const AppSchema& schema, std::string_view script,
                                           std::string_view key);

/// By place among a preset's entries, which one wins there: of two words for one option the later,
/// where the first stands; kNone: none. Empty where a key is that of no option.
std::vector<std::uint32_t> winning_words(const AppSchema& schema,
                                         const std::vector<PresetEntry>& entries);

/// Whether a script takes a mapping as one word for each of these options, on which no condition
/// decides.
bool are_maps(const AppSchema& schema, std::string_view script,
              const std::vector<FactName>& options);

/// Whether 1e-5 is a number in the application's files: the descriptor's `exponents`.
bool takes_exponents(const AppSchema& schema);

/// The word that Python's str() makes of a scalar: True, 90 of 1:30, 1e-05 of 0.00001, None.
std::string word_of(const Scalar& scalar);

/// argparse takes the word for an option rather than for a value.
bool looks_like_option(std::string_view word);

/// The word of a preset's mapping, worked out once for each. What is None, or 1e-5 where that is a
/// number in the application's files, is spelled so that YAML reads the same of the word.
const std::string& word_of_map(const AppSchema& schema, Node map);

/// A number without a point that only a wider pattern takes: 1e-5.
bool is_exponent_number(std::string_view text);

}  // namespace ipucnn::resolving
