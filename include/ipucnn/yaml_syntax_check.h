#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ipucnn/diagnostic.h"
#include "ipucnn/source.h"

namespace ipucnn::load {

/// Deepest nesting that is read; the scripts' presets have two levels.
inline constexpr int kDeepestNesting = 200;

/// The text behind a byte order mark; both YAML libraries leave it out of their positions.
std::string_view without_bom(std::string_view text);

/// Longest list or mapping in brackets on one line, in characters: until its line ends yaml-cpp
/// keeps every token of it, at a hundred times its size.
inline constexpr std::size_t kLongestFlow = 65'536;

/// One key of the mapping that a file is, with its value.
struct TopEntry {
  std::uint32_t offset = 0;          ///< where its line begins
  std::uint32_t line = 0;            ///< from 1
  std::uint64_t digest = 0;          ///< of key and value
  std::vector<std::uint32_t> needs;  ///< entries that hold anchors it refers to, each once
};

/// What the gate saw of a text that it let through.
struct SyntaxReport {
  std::size_t nodes = 0;     ///< scalars, aliases, lists and mappings
  std::uint64_t digest = 0;  ///< EventDigest of the document
  std::uint64_t head = 0;    ///< the part of it before the first entry
  /// Empty unless they were asked for, and each begins a line with a plain key.
  std::vector<TopEntry> entries;
};

/// Lets through what the scripts' own reader takes as one document: libyaml has its grammar, and
/// what the two differ in is checked beside it (tabs, anchors set twice). Reports the first thing
/// that is refused, at its place.
/// `with_entries` fills in the entries.
std::optional<SyntaxReport> check_yaml_syntax(const Sources& sources, SourceId source,
                                              bool with_entries, Diagnostics& out);

}  // namespace ipucnn::load
