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
    std::vector<std::size_t> texts;  ///< those that have one, `count` of them
    std::size_t count = 0;
  };

  /// Of the text, which is not empty: the same text has the same number.
  std::size_t add(std::string_view text);
  /// To be called once all texts are there.
  void prepare();
  void find(std::string_view line, Found& found) const;
  /// The same where it is known already where the wanted bytes stand: from bit `first` of `marks`
  /// on, for each byte of the line.
  void find(std::string_view line, const std::uint64_t* marks, std::size_t first,
            Found& found) const;

  /// Bytes of which one stands in each line that holds a text.
  const std::string& wanted() const { return wanted_; }

  /// Numbers in Found::at of what every line holds, and of what none does.
  std::size_t everywhere() const { return texts_.size(); }
  std::size_t nowhere() const { return texts_.size() + 1; }

 private:
  static constexpr std::int16_t kNone = -1;
  static constexpr std::size_t kSeen = 2 * sizeof(std::uint64_t);
  struct Entry {
    // The first bytes of the text as numbers, and which of the numbers' bytes they are.
    std::array<std::uint64_t, 2> bytes{};
    std::array<std::uint64_t, 2> mask{};
    std::size_t index = 0;   // among the texts
    std::size_t offset = 0;  // of the anchor in it
    std::int16_t next = 0;   // with the same byte before the anchor
    bool is_long = false;    // there are more bytes
  };
  /// First entry of an anchor, by the byte before it.
  using ByPrevious = std::array<std::int16_t, 256>;

  std::vector<unsigned char> choose_bytes() const;
  void add_anchor(unsigned char byte, std::vector<bool>& covered);
  Entry entry_of(std::size_t text, std::size_t offset) const;
  bool stands(const Entry& entry, std::string_view line, std::size_t at) const;
  void forget(Found& found) const;
  void look_at(std::string_view line, std::size_t at, Found& found) const;

  std::vector<std::string> texts_;
  std::vector<Entry> entries_;
  std::vector<ByPrevious> anchors_;
  std::vector<std::int16_t> at_start_;         // of those whose anchor is their first byte
  std::string wanted_;                         // bytes of the anchors
  std::array<std::uint8_t, 256> anchor_of_{};  // by byte
};

}  // namespace ipucnn::measuring
