#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace ipucnn {

using SourceId = std::uint32_t;

/// The command line is a source like any file, so that its words can be pointed at.
inline constexpr SourceId kCommandLine = 0;
/// So are the variables that stand for options, one a line.
inline constexpr SourceId kEnvironment = 1;

/// A stretch of one line of a source. Lines and columns start at 1; columns and length count bytes.
/// line 0 means "the source as a whole".
struct Span {
  SourceId source = kCommandLine;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;

  friend bool operator==(const Span&, const Span&) = default;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a 0 in the generated comparison
  friend auto operator<=>(const Span&, const Span&) = default;
};

/// Every text that a finding can point into. Texts are added and never change.
class Sources {
 public:
  Sources();

  /// The text the command line is shown as; must be set before anything points into source 0.
  void set_command_line(std::string text);
  /// The variables' text; must be set before anything points into source 1.
  void set_environment(std::string text);

  /// Keeps a copy of name and text.
  SourceId add(std::string name, std::string text);
  /// For texts that outlive this object, such as the built-in data.
  SourceId add_static(std::string_view name, std::string_view text);

  std::string_view name(SourceId id) const;
  std::string_view text(SourceId id) const;

  /// The line of `at` without its line end and, on line 1, without a byte order mark; empty when
  /// the source has no such line.
  std::string_view line(Span at) const;

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string owned_name;
    std::string owned_text;
    std::string_view name;
    std::string_view text;
    mutable std::vector<std::size_t> line_starts;  ///< as far as one was asked for
  };
  void replace(SourceId id, std::string text);

  std::deque<Entry> entries_;  // a deque: the views point into its own strings
};

}  // namespace ipucnn
