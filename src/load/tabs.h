#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace ipucnn::load {

/// Line and column as libyaml has them: from 0, columns in characters.
struct TextPlace {
  std::size_t line;
  std::size_t column;
  // NOLINTNEXTLINE(modernize-use-nullptr): the 0 that a default comparison holds is no pointer
  friend auto operator<=>(const TextPlace&, const TextPlace&) = default;
};

/// Byte of a line at which its character number `column` begins.
std::size_t byte_of_column(std::string_view line, std::size_t column);

/// The scripts' reader takes a tab only inside quotes, block texts and comments; libyaml takes it
/// as a blank in more places.
class AllowedTabs {
 public:
  /// Quoted and block texts, in the order of the file.
  void allow(TextPlace begin, TextPlace end) { texts_.push_back({begin, end}); }

  /// Offset of the first tab that stands elsewhere.
  std::optional<std::size_t> first_refused(std::string_view text) const;

 private:
  struct Stretch {
    TextPlace begin;
    TextPlace end;
  };
  std::vector<Stretch> texts_;
};

}  // namespace ipucnn::load
