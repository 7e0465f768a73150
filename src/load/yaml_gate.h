#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

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

/// What the gate saw of a text that it let through.
struct GateReport {
  std::size_t nodes = 0;     ///< scalars, aliases, lists and mappings
  std::uint64_t digest = 0;  ///< EventDigest of the document
};

/// Lets through what the scripts' own reader takes as one document: libyaml has its grammar, and
/// what the two differ in is checked beside it (tabs, anchors set twice). Reports the first thing
/// that is refused, at its place.
std::optional<GateReport> pass_gate(const Sources& sources, SourceId source, Diagnostics& out);

}  // namespace ipucnn::load
