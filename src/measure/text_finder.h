#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ipucnn::measuring {

/// Finds the first place of each of several texts in a line, in a pass or two over it whatever
/// their number: it looks for a byte that many of them share, and compares where that stands.
class TextFinder {
 public:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  /// What stands in a line; kept between lines for its memory alone.
  struct Found {
    std::vector<std::size_t> at;     ///< place of each text, or kNowhere
    std::vector<std::size_t> texts;  ///< those that have one
  };

  /// Of the text, which is not empty: the same text has the same number.
  std::size_t add(std::string_view text);
  /// To be called once all texts are there.
  void prepare();
  void find(std::string_view line, Found& found) const;

 private:
  static constexpr std::int16_t kNone = -1;
  struct Entry {
    std::string text;
    std::size_t index;   // among the texts
    std::size_t offset;  // of the anchor in it
    std::int16_t next;   // with the same byte before the anchor
  };
  struct Anchor {
    unsigned char byte = 0;
    std::array<std::int16_t, 256> by_previous{};  // first entry, by the byte before the anchor
    std::int16_t at_start = kNone;                // those whose anchor is their first byte
    std::vector<Entry> entries{};
  };

  void add_anchor(unsigned char byte, std::vector<bool>& covered);
  static void compare(const Anchor& anchor, std::int16_t first, std::string_view line,
                      std::size_t at, Found& found);

  std::vector<std::string> texts_;
  std::vector<Anchor> anchors_;
};

}  // namespace ipucnn::measuring
