#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "ipucnn/measure.h"
#include "measure/line_shapes.h"

namespace ipucnn::measuring {

/// Lines that are, from tag to line end, the bytes of an earlier one but for those of numbers.
/// Scripts print one such line after the other. Of each it is enough to see that it is one: where
/// it ends, whose it is and where its figures stand follows from that.
class UsualLines {
 public:
  static constexpr std::size_t kMostFigures = 32;  ///< of a line
  using Values = std::array<double, kMostFigures>;

  /// Takes such lines from `at` on, up to the first other one or the first that begins at `end` or
  /// behind it, and counts them. `at` is where a line begins. Gives the place behind the last of
  /// `next`, which has room.
  LineBlock::Line* take(std::string_view text, std::size_t& at, std::size_t end,
                        LineBlock::Line* next, LineCounts& counts);
  /// The metrics that stand in a line that was taken, whose text is given with all that follows,
  /// and their values.
  const std::vector<std::size_t>& read(const LineBlock::Line& line, const char* text,
                                       Values& values) const;
  /// Remembers what a line looks like that has this shape and whose figures were read by it. It is
  /// the one of the block that was looked at last. `wanted`: bytes that tell shapes apart.
  void learn(const LineBlock& block, const LineBlock::Line& line, std::string_view wanted,
             const LineShapes& shapes, const LineShapes::Shape& shape);

 private:
  static constexpr std::size_t kWidth = 32;     // bytes that are looked at at once
  static constexpr std::size_t kLongest = 512;  // of a line with its tag
  static constexpr std::size_t kLayouts = 4;

  /// Two numbers, which take no longer to read than one.
  struct Pair {
    std::array<std::uint8_t, kWidth> digits{};  // where each comes from, of 16 bytes of either
    std::array<double, 2> power{1, 1};          // what they are divided by, with the sign
    std::array<std::uint32_t, 2> at{};          // of those bytes in the text
  };
  /// What may stand there: a byte from the lowest one on.
  struct Bytes {
    std::array<std::uint8_t, kWidth> lowest{}, range{};
  };
  struct Layout {
    std::array<Bytes, kLongest / kWidth> bytes{};
    std::size_t size = 0;  // with tag and line end
    std::size_t vectors = 0;
    std::size_t reach = std::numeric_limits<std::size_t>::max();  // bytes that are looked at
    std::size_t tag = 0;                                          // its size
    std::size_t rank_at = 0, rank_end = 0;
    std::vector<Pair> pairs;
    std::vector<std::size_t> metrics;

    void let(std::size_t at, std::uint8_t least, std::uint8_t more) {
      Bytes& there = bytes.at(at / kWidth);
      there.lowest.at(at % kWidth) = least;
      there.range.at(at % kWidth) = more;
    }
    void let(std::size_t at, char byte) { let(at, static_cast<std::uint8_t>(byte), 0); }
  };

  static bool fits(const Layout& layout, std::string_view text, std::size_t at);
  static bool add_tag(std::string_view tag, Layout& layout);
  static bool add_figures(const LineShapes& shapes, const LineShapes::Shape& shape, Layout& layout);
  static bool add_checks(const LineShapes& shapes, const LineShapes::Shape& shape, Layout& layout);

  std::array<Layout, kLayouts> layouts_;
  std::size_t now_ = 0;   // the one of the newest line
  std::size_t next_ = 0;  // the one that is forgotten next
};

}  // namespace ipucnn::measuring
