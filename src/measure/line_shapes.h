#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ipucnn/measure.h"
#include "measure/byte_marks.h"
#include "measure/metric_finder.h"

namespace ipucnn::measuring {

/// How the value of a metric was written in an earlier line, from behind its text on: which bytes
/// were digits, and what the others were. One that is written alike is read at a glance.
struct NumberShape {
  static constexpr std::size_t kSeen = 16;
  std::array<std::uint8_t, kSeen> lowest{}, range{};  ///< of each byte that may stand there
  std::array<std::uint8_t, kSeen> digits{};           ///< where each digit comes from
  double power = 0;  ///< what they are divided by, with the number's sign
  bool known = false;

  /// `printed` is a number that begins at most kSeen bytes behind `text`, with as many bytes to be
  /// read there. `after` is what has to follow it; empty: anything that does not go on with it.
  void learn(const char* text, std::string_view printed, std::string_view after);
};

/// A metric whose value stands in all lines of a shape.
struct ShapeFigure {
  std::size_t metric = 0;
  std::size_t mark = 0;    ///< the wanted byte that tells where, as it is counted in the line
  std::size_t offset = 0;  ///< of that byte in the text
  std::size_t behind = 0;  ///< bytes from it to the text's end
  NumberShape number{};
  bool read = false;  ///< of the newest line: whether `value` is its number
  double value = 0;
};

/// What lines looked like that a measurement has read. Lines of a kind repeat: the same texts stand
/// by the same of the wanted bytes. Of such a line it is enough to see that this is so; the figures
/// are the same as by a look at everything.
class LineShapes {
 public:
  /// Bytes that have to be the same, of those from a place beside a wanted byte on.
  struct Check {
    std::array<char, NumberShape::kSeen> bytes{};
    std::array<char, NumberShape::kSeen> needed{};  ///< which of them: all bits of those
    std::size_t mark = 0;
    std::ptrdiff_t from = 0;  ///< the place, from the wanted byte on
  };
  struct Shape {
    bool known = false;
    std::vector<ShapeFigure> figures;

    std::vector<Check> checks;

   private:
    friend class LineShapes;
    /// So many bytes of the line have to be before a wanted one.
    struct Reach {
      std::size_t mark = 0;
      std::uint32_t least = 0;
      std::uint32_t range = 0;  // and so many more at the most
    };
    std::vector<Reach> reaches_;
  };

  /// Of whose lines the next ones are. They have marks.
  void begin(const LineBlock& block);
  /// The shape of a line, where it has one that is known and there is room around it; its figures
  /// are read then. Else null.
  Shape* look(const LineBlock::Line& line);
  /// Where a wanted byte stands in the line that was looked at last.
  std::size_t place(std::size_t mark) const { return at_[mark]; }
  /// Where the text of a figure stands in the line that was looked at last.
  std::size_t place_of(const ShapeFigure& figure) const { return at_[figure.mark] - figure.offset; }
  /// Remembers the shape of the line that was looked at last, in which `look` found its texts.
  void learn(const MetricFinder& finder, std::size_t metrics, std::string_view line,
             const MetricFinder::Look& look);

 private:
  static constexpr std::size_t kMost = 32;  // wanted bytes of a line
  /// How far from a wanted byte a check may look.
  static constexpr int kFarthest = 64;
  bool add_checks(const TextFinder::Reason& reason, std::size_t mark, Shape& shape) const;

  std::array<Shape, kMost + 1> shapes_;  // by how many wanted bytes there are
  // Of the wanted bytes of the line, in it, with room for those of a word of marks more.
  std::array<std::uint32_t, kMost + kBits> at_{};
  std::size_t count_ = 0;
  // Of the block.
  const char* text_ = nullptr;
  const std::uint64_t* marks_ = nullptr;
  std::size_t marked_from_ = 0;
  std::size_t room_end_ = 0;  // where a line may end so that a check may look behind it
};

}  // namespace ipucnn::measuring
