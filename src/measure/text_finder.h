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
    /// Place of each text, or kNowhere; behind them everywhere() and nowhere().
    std::vector<std::size_t> at;
    std::vector<std::size_t> texts;  ///< those that have one
  };

  /// Of the text, which is not empty: the same text has the same number.
  std::size_t add(std::string_view text);
  /// To be called once all texts are there.
  void prepare();
  void find(std::string_view line, Found& found) const;

  /// Numbers in Found::at of what every line holds, and of what none does.
  std::size_t everywhere() const { return texts_.size(); }
  std::size_t nowhere() const { return texts_.size() + 1; }

 private:
  static constexpr std::int16_t kNone = -1;
  static constexpr std::size_t kSeen = 2 * sizeof(std::uint64_t);
  struct Entry {
    std::string text;
    std::size_t index;   // among the texts
    std::size_t offset;  // of the anchor in it
    std::int16_t next;   // with the same byte before the anchor
    // The bytes of the text up to its anchor, the last eight and the eight before, as numbers, and
    // which of the numbers' bytes they are.
    std::array<std::uint64_t, 2> bytes{};
    std::array<std::uint64_t, 2> mask{};
    bool is_long = false;  // there are more
  };
  struct Anchor {
    unsigned char byte = 0;
    /// First entry, by the byte before the anchor.
    std::array<std::int16_t, 256> by_previous{};
    std::int16_t at_start = kNone;  // of those whose anchor is their first byte
    std::vector<Entry> entries{};
  };

  static void take_bytes(Entry& entry);
  static bool goes_on(const Entry& entry, std::string_view line, std::size_t at);
  void add_anchor(unsigned char byte, std::vector<bool>& covered);
  static bool stands(const Entry& entry, std::string_view line, std::size_t at);

  std::vector<std::string> texts_;
  std::vector<Anchor> anchors_;
};

}  // namespace ipucnn::measuring
