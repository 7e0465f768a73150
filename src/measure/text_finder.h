#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "measure/byte_marks.h"

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

  /// Why the texts that stand at a place where a wanted byte does are those, and no others.
  struct Reason {
    /// Bytes of the line, by their places from that one on: where they are the same in another line
    /// of the same wanted byte, so are the texts.
    std::vector<std::pair<int, char>> bytes;
    /// So much of the line is before the place, at least.
    std::size_t before = 0;
    bool begins = false;  ///< the place is the line's first
  };

  /// Of the text, which is not empty: the same text has the same number.
  std::size_t add(std::string_view text);
  /// To be called once all texts are there.
  void prepare();
  void find(std::string_view line, Found& found) const;
  /// The same where it is known already where the wanted bytes stand: from bit `first` of `marks`
  /// on, for each byte of the line.
  void find(std::string_view line, const std::uint64_t* marks, std::size_t first,
            Found& found) const {
    forget(found);
    const std::size_t end = first + line.size();
    MarkCursor cursor(marks, first);
    for (std::size_t at = cursor.next(end); at < end; at = cursor.next(end))
      look_at(line, at - first, found);
  }

  /// False where there is no such reason.
  bool explain(std::string_view line, std::size_t at, Reason& reason) const;
  /// Where in a text the wanted byte stands by which it is found.
  std::size_t anchor_in(std::size_t text) const;
  std::size_t size_of(std::size_t text) const { return texts_[text].size(); }

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
  void prepare(Found& found) const;
  void forget(Found& found) const {
    if (found.at.empty()) prepare(found);
    for (std::size_t i = 0; i < found.count; ++i) found.at[found.texts[i]] = kNowhere;
    found.count = 0;
  }
  /// Whether the rest of a text that is longer than kSeen, or near the line's end, stands there.
  bool rest_stands(const Entry& entry, std::string_view line, std::size_t from) const;
  bool stands(const Entry& entry, std::string_view line, std::size_t at) const {
    const std::size_t from = at - entry.offset;
    if (at < entry.offset) return false;
    if (from + kSeen > line.size()) return rest_stands(entry, line, from);
    std::array<std::uint64_t, 2> there;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::memcpy(there.data(), line.data() + from, kSeen);
    const std::uint64_t other = ((there[0] & entry.mask[0]) ^ entry.bytes[0]) |
                                ((there[1] & entry.mask[1]) ^ entry.bytes[1]);
    return other == 0 && (!entry.is_long || rest_stands(entry, line, from));
  }
  /// Looks at one place where an anchor stands.
  void look_at(std::string_view line, std::size_t at, Found& found) const {
    const std::size_t anchor = anchor_of_[static_cast<unsigned char>(line.data()[at])];
    std::int16_t i = at > 0 ? anchors_[anchor][static_cast<unsigned char>(line.data()[at - 1])]
                            : at_start_[anchor];
    while (i != kNone) {
      const Entry& entry = entries_[static_cast<std::size_t>(i)];
      i = entry.next;
      if (!stands(entry, line, at) || found.at[entry.index] != kNowhere) continue;
      found.at[entry.index] = at - entry.offset;
      found.texts[found.count++] = entry.index;
    }
  }

  std::vector<std::string> texts_;
  std::vector<Entry> entries_;
  std::vector<ByPrevious> anchors_;
  std::vector<std::int16_t> at_start_;         // of those whose anchor is their first byte
  std::string wanted_;                         // bytes of the anchors
  std::array<std::uint8_t, 256> anchor_of_{};  // by byte
};

}  // namespace ipucnn::measuring
