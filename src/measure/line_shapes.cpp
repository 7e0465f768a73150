// Reading lines that look as an earlier one did.
#include "measure/line_shapes.h"

#include <algorithm>
#include <bit>
#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace ipucnn::measuring {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void NumberShape::learn(const char* text, std::string_view printed, std::string_view after) {
  constexpr std::uint8_t kAny = 0xFF;
  known = false;
  const auto from = static_cast<std::size_t>(printed.data() - text);
  const std::size_t end = from + printed.size();
  // What follows is part of it: a comma and a digit would go on with the number. So there are 15
  // digits at the most, which a double takes whatever they are.
  const std::size_t behind = !after.empty() ? after.size() : text[end] == ',' ? 2 : 1;
  if (end + behind > kSeen || (text[end] | 0x20) == 'e') return;
  if (after.empty() && can_part_thousands(text[end])) return;
  lowest.fill(0);
  range.fill(kAny);
  digits.fill(kAny);  // which gives 0
  for (std::size_t i = 0; i < end + behind; ++i) {
    lowest[i] = static_cast<std::uint8_t>(text[i]);
    range[i] = 0;
  }
  std::size_t count = 0;
  double divisor = 1;
  bool point = false;
  for (std::size_t i = end; i-- > from;) {
    if (text[i] == '.' && !point) {
      point = true;
      for (std::size_t k = 0; k < count; ++k) divisor *= 10;  // exact
      continue;
    }
    if (i == from && (text[i] == '-' || text[i] == '+')) continue;
    if (!is_digit(text[i])) return;
    lowest[i] = '0';
    range[i] = 9;
    digits[kSeen - ++count] = static_cast<std::uint8_t>(i);
  }
  power = text[from] == '-' ? -divisor : divisor;
  known = true;
}

#ifdef __x86_64__
// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)
namespace {

__attribute__((target("avx2"))) inline __m128i bytes_at(const void* at) {
  return _mm_loadu_si128(static_cast<const __m128i*>(at));
}

constexpr int kAll = 0xFFFF;

/// Digits are multiplied and added in pairs, then pairs and so on (Muła 2018).
__attribute__((target("avx2"))) inline bool read(const NumberShape& shape, const char* text,
                                                 double& value) {
  const __m128i above = _mm_sub_epi8(bytes_at(text), bytes_at(shape.lowest.data()));
  const __m128i fits = _mm_cmpeq_epi8(_mm_min_epu8(above, bytes_at(shape.range.data())), above);
  if (_mm_movemask_epi8(fits) != kAll) return false;
  const __m128i ones = _mm_shuffle_epi8(above, bytes_at(shape.digits.data()));
  const __m128i pairs = _mm_maddubs_epi16(ones, _mm_set1_epi16(0x010A));
  const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
  const __m128i packed = _mm_packus_epi32(fours, fours);
  const __m128i eights = _mm_madd_epi16(packed, _mm_set1_epi32(0x00012710));
  const auto halves = static_cast<std::uint64_t>(_mm_cvtsi128_si64(eights));
  constexpr unsigned kHalf = 32;
  constexpr std::uint64_t kEight = 100000000;
  const std::uint64_t digits = (halves & 0xFFFFFFFF) * kEight + (halves >> kHalf);
  // One division of two exact numbers rounds as it should (Clinger 1990).
  value = static_cast<double>(static_cast<std::int64_t>(digits)) / shape.power;
  return true;
}

}  // namespace

__attribute__((target("avx2,bmi"))) LineShapes::Shape* LineShapes::look(
    const LineBlock::Line& line) {
  count_ = kMost + 1;
  if (line.begin < kFarthest || line.begin + line.size > room_end_) return nullptr;
  const std::size_t first = line.begin - marked_from_;
  const std::size_t end = first + line.size;
  const std::uint64_t* word = marks_ + first / kBits;
  std::uint64_t bits = *word & (~std::uint64_t{0} << first % kBits);
  std::size_t base = first / kBits * kBits;
  std::size_t count = 0;
  for (;;) {
    const bool last = end <= base + kBits;
    if (last) bits &= ~std::uint64_t{0} >> (base + kBits - end);
    for (const std::size_t from = base - first; bits != 0; bits &= bits - 1)
      at_[count++] =
          static_cast<std::uint32_t>(from + static_cast<std::size_t>(std::countr_zero(bits)));
    if (count > kMost) return nullptr;
    if (last) break;
    base += kBits;
    bits = *++word;
  }
  count_ = count;
  Shape& shape = shapes_[count];
  if (!shape.known) return nullptr;
  const char* const text = text_ + line.begin;
  for (const Check& check : shape.checks) {
    const __m128i others =
        _mm_xor_si128(bytes_at(text + at_[check.mark] + check.from), bytes_at(&check.bytes));
    if (_mm_testz_si128(others, bytes_at(&check.needed)) == 0) return nullptr;
  }
  for (const Shape::Reach& reach : shape.reaches_)
    if (at_[reach.mark] - reach.least > reach.range) return nullptr;
  for (ShapeFigure& figure : shape.figures)
    figure.read = figure.number.known &&
                  read(figure.number, text + at_[figure.mark] + figure.behind, figure.value);
  return &shape;
}
// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
#else
LineShapes::Shape* LineShapes::look(const LineBlock::Line& /*line*/) {
  count_ = kMost + 1;
  return nullptr;
}
#endif

void LineShapes::begin(const LineBlock& block) {
  constexpr std::size_t kRoom = std::size_t{2} * kFarthest;
  text_ = block.text.data();
  marks_ = block.marks.words;
  marked_from_ = block.marked_from;
  room_end_ = block.text.size() - std::min(block.text.size(), kRoom);
}

bool LineShapes::add_checks(const TextFinder::Reason& reason, std::size_t mark,
                            Shape& shape) const {
  auto bytes = reason.bytes;
  std::sort(bytes.begin(), bytes.end());
  const std::size_t before = shape.checks.size();
  for (const auto& [from, byte] : bytes) {
    if (from < -kFarthest || from >= kFarthest) return false;
    const bool next =
        shape.checks.size() > before &&
        from < shape.checks.back().from + static_cast<std::ptrdiff_t>(NumberShape::kSeen);
    if (!next) {
      Check& check = shape.checks.emplace_back();
      check.mark = mark;
      check.from = from;
    }
    Check& check = shape.checks.back();
    const auto i = static_cast<std::size_t>(from - check.from);
    check.bytes.at(i) = byte;
    check.needed.at(i) = '\xFF';
  }
  // A line begins behind a tag or another's end, so that bytes that are none of these do not reach
  // out of it.
  const auto least = static_cast<std::uint32_t>(reason.before);
  const bool outside = std::any_of(bytes.begin(), bytes.end(), [&](const auto& one) {
    return one.first < 0 && -one.first <= static_cast<int>(least) &&
           (one.second == ':' || one.second == '\n' || one.second == '\r');
  });
  if (reason.begins || outside)
    shape.reaches_.push_back({mark, least, reason.begins ? 0 : ~std::uint32_t{0} - least});
  return true;
}

void LineShapes::learn(const MetricFinder& finder, std::size_t metrics, std::string_view line,
                       const MetricFinder::Look& look) {
  if (count_ > kMost || finder.mlperf_at(look) != TextFinder::kNowhere) return;
  Shape& shape = shapes_[count_];
  shape.known = false;
  shape.figures.clear();
  shape.checks.clear();
  shape.reaches_.clear();
  TextFinder::Reason reason;
  for (std::size_t mark = 0; mark < count_; ++mark)
    if (!finder.texts().explain(line, at_[mark], reason) || !add_checks(reason, mark, shape))
      return;
  for (std::size_t i = 0; i < metrics; ++i) {
    if (!finder.may_hold(i, look)) continue;
    const std::size_t text = finder.text_of(i);
    if (text == TextFinder::kNowhere) return;
    ShapeFigure figure;
    figure.metric = i;
    figure.offset = finder.texts().anchor_in(text);
    const std::size_t anchor = look.found.at[text] + figure.offset;
    figure.mark = static_cast<std::size_t>(
        std::find(at_.begin(), at_.begin() + static_cast<std::ptrdiff_t>(count_), anchor) -
        at_.begin());
    figure.behind = finder.texts().size_of(text) - figure.offset;
    shape.figures.push_back(figure);
  }
  shape.known = true;
}

}  // namespace ipucnn::measuring
