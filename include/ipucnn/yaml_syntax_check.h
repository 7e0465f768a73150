#pragma once

#include <cstddef>
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

/// A part of a text that is read, by whole lines.
struct TextPart {
  std::size_t offset = 0;  ///< in the text
  std::size_t size = 0;
  std::uint32_t line = 1;  ///< of its first byte in the text, from 1
  /// Its first byte in what is read, where slices follow each other; the line from 0.
  std::size_t read_offset = 0;
  std::uint32_t read_line = 0;
};

/// Lets through what the scripts' own reader takes as one document: libyaml has its grammar, and
/// what the two differ in is checked beside it (tabs, anchors set twice). Reports the first thing
/// that is refused, at its place.
/// `with_entries` fills in the entries.
std::optional<SyntaxReport> check_yaml_syntax(const Sources& sources, SourceId source,
                                              bool with_entries, Diagnostics& out);

/// The same for one part of the text, which is a document of its own.
std::optional<SyntaxReport> check_yaml_syntax(const Sources& sources, SourceId source,
                                              const TextPart& part, Diagnostics& out);

/// The documents that a text holds, behind its byte order mark: one for a file without `---`.
std::vector<TextPart> yaml_documents(std::string_view text);

}  // namespace ipucnn::load
