// Knowing lines for such as there were before.
#include "measure/usual_lines.h"

#include <algorithm>
#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace ipucnn::measuring {
namespace {

constexpr std::uint8_t kAny = 0xFF;
constexpr std::uint8_t kDigits = 9;  // above 0

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool UsualLines::add_tag(std::string_view tag, Layout& layout) {
  constexpr std::string_view kEnd = "]<stdout>:";
  layout.tag = tag.size();
  if (tag.empty()) return true;
  const std::size_t end = tag.find(kEnd);
  if (tag.front() != '[' || end != tag.size() - std::min(tag.size(), kEnd.size())) return false;
  layout.rank_at = tag.find(',') + 1;
  layout.rank_end = end;
  for (std::size_t i = layout.rank_at; i < end; ++i) layout.let(i, '0', kDigits);
  return layout.rank_at < end;
}

bool UsualLines::add_figures(const LineShapes& shapes, const LineShapes::Shape& shape,
                             Layout& layout) {
  constexpr std::size_t kSeen = NumberShape::kSeen;
  if (shape.figures.size() > kMostFigures) return false;
  for (std::size_t k = 0; k < shape.figures.size(); ++k) {
    const ShapeFigure& figure = shape.figures[k];
    if (!figure.read) return false;
    const std::size_t at = shapes.place_of(figure) + figure.offset + figure.behind;
    const NumberShape& number = figure.number;
    for (std::size_t i = 0; i < kSeen; ++i) {
      if (number.range.at(i) == kAny) continue;
      const std::size_t place = layout.tag + at + i;
      if (place >= layout.size) return false;
      layout.let(place, number.lowest.at(i), number.range.at(i));
    }
    if (k % 2 == 0) layout.pairs.emplace_back().digits.fill(kAny);
    Pair& pair = layout.pairs.back();
    std::copy(number.digits.begin(), number.digits.end(), pair.digits.begin() + k % 2 * kSeen);
    pair.power.at(k % 2) = number.power;
    pair.at.at(k % 2) = static_cast<std::uint32_t>(at);
    layout.metrics.push_back(figure.metric);
    layout.reach = std::max(layout.reach, layout.tag + at + kSeen);
  }
  return !shape.figures.empty();
}

/// What tells which texts stand there stays as it is.
bool UsualLines::add_checks(const LineShapes& shapes, const LineShapes::Shape& shape,
                            Layout& layout) {
  for (const LineShapes::Check& check : shape.checks) {
    const std::size_t from =
        layout.tag + shapes.place(check.mark) + static_cast<std::size_t>(check.from);
    for (std::size_t i = 0; i < check.bytes.size(); ++i) {
      if (check.needed.at(i) == 0) continue;
      if (from + i >= layout.size) return false;
      layout.let(from + i, check.bytes.at(i));
    }
  }
  return true;
}

void UsualLines::learn(const LineBlock& block, const LineBlock::Line& line, std::string_view wanted,
                       const LineShapes& shapes, const LineShapes::Shape& shape) {
  const std::size_t end = std::size_t{line.begin} + line.size;
  const std::size_t begin = block.text.substr(0, line.begin).rfind('\n') + 1;
  // Where the text begins, so may the rest of a line.
  if (begin == 0 || end >= block.text.size() || block.text[end] != '\n') return;
  const std::string_view whole = block.text.substr(begin, end + 1 - begin);
  if (whole.size() > kLongest || fits(layouts_.at(now_), block.text, begin)) return;
  Layout layout;
  layout.size = whole.size();
  layout.vectors = (whole.size() + kWidth - 1) / kWidth;
  layout.reach = layout.vectors * kWidth;
  const auto is_wanted = [&](char least, char most) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](char c) { return c >= least && c <= most; });
  };
  const bool digits = !is_wanted('0', '9');
  const bool marks = !is_wanted(' ', '9');
  const std::size_t tag = line.begin - begin;
  for (std::size_t i = whole.size(); i < layout.reach; ++i) layout.let(i, 0, kAny);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const char c = whole[i];
    // What is no tag could become one with other digits, and CR ends lines as well.
    if (i >= tag && (c == '[' || c == '\r')) return;
    layout.let(i, c);
    if (i < tag) continue;
    if (marks && c >= ' ' && c <= '9')
      layout.let(i, ' ', '9' - ' ');
    else if (digits && is_digit(c))
      layout.let(i, '0', kDigits);
  }
  if (!add_tag(whole.substr(0, tag), layout) || !add_figures(shapes, shape, layout) ||
      !add_checks(shapes, shape, layout))
    return;
  now_ = next_;
  next_ = (next_ + 1) % kLayouts;
  layouts_.at(now_) = std::move(layout);
}

#ifdef __x86_64__
// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)
namespace {

__attribute__((target("avx2"))) inline __m256i vector_at(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}

__attribute__((target("avx2"))) inline __m256i halves_at(const char* low, const char* high) {
  return _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(low))),
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(high)), 1);
}

}  // namespace

__attribute__((target("avx2"))) inline bool UsualLines::fits(const Layout& layout,
                                                             std::string_view text,
                                                             std::size_t at) {
  if (text.size() - at < layout.reach) return false;
  const char* line = text.data() + at;
  __m256i all = _mm256_set1_epi8(-1);
  const Bytes* const end = layout.bytes.data() + layout.vectors;
  for (const Bytes* bytes = layout.bytes.data(); bytes != end; ++bytes) {
    const __m256i above = _mm256_sub_epi8(vector_at(line), vector_at(bytes->lowest.data()));
    const __m256i least = _mm256_min_epu8(above, vector_at(bytes->range.data()));
    all = _mm256_and_si256(all, _mm256_cmpeq_epi8(least, above));
    line += kWidth;
  }
  return _mm256_movemask_epi8(all) == -1;
}

__attribute__((target("avx2"))) LineBlock::Line* UsualLines::take(std::string_view text,
                                                                  std::size_t& at, std::size_t end,
                                                                  LineBlock::Line* next,
                                                                  LineCounts& counts) {
  while (at < end) {
    for (std::size_t others = kLayouts; !fits(layouts_[now_], text, at);) {
      if (--others == 0) return next;
      now_ = (now_ + 1) % kLayouts;
    }
    const Layout& layout = layouts_[now_];
    const std::size_t size = layout.size - layout.tag - 1;
    std::int32_t rank = LineBlock::kNobody;
    if (layout.tag > 0) {
      rank = 0;
      for (std::size_t i = layout.rank_at; i < layout.rank_end; ++i)
        rank = rank * 10 + (text[at + i] - '0');
    }
    counts.tags += layout.tag > 0 ? 1 : 0;
    (layout.tag > 0 ? counts.tagged_bytes : counts.untagged_bytes) +=
        static_cast<std::int64_t>(size);
    *next++ = {static_cast<std::uint32_t>(at + layout.tag), static_cast<std::uint32_t>(size), rank,
               static_cast<std::uint32_t>(now_)};
    at += layout.size;
  }
  return next;
}

/// As LineShapes reads a number, which says why it is exact.
__attribute__((target("avx2"))) const std::vector<std::size_t>& UsualLines::read(
    const LineBlock::Line& line, const char* text, Values& values) const {
  const Layout& layout = layouts_[line.layout];
  double* next = values.data();
  for (const Pair& pair : layout.pairs) {
    const __m256i bytes = halves_at(text + pair.at[0], text + pair.at[1]);
    const __m256i ones = _mm256_and_si256(_mm256_shuffle_epi8(bytes, vector_at(pair.digits.data())),
                                          _mm256_set1_epi8(0x0F));
    const __m256i pairs = _mm256_maddubs_epi16(ones, _mm256_set1_epi16(0x010A));
    const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));
    const __m256i packed = _mm256_packus_epi32(fours, fours);
    const __m256i eights = _mm256_madd_epi16(packed, _mm256_set1_epi32(0x00012710));
    constexpr int kHalf = 32;
    constexpr int kEight = 100000000;
    const __m256i digits = _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi32(kEight)),
                                            _mm256_srli_epi64(eights, kHalf));
    constexpr int kOfEach = 0x08;  // the first word of either half
    const __m128i both = _mm256_castsi256_si128(_mm256_permute4x64_epi64(digits, kOfEach));
    // They are below 2^52, whose bits they are put into.
    const __m128d two52 = _mm_set1_pd(4503599627370496.0);
    const __m128d whole = _mm_sub_pd(_mm_or_pd(_mm_castsi128_pd(both), two52), two52);
    _mm_storeu_pd(next, _mm_div_pd(whole, _mm_loadu_pd(pair.power.data())));
    next += 2;
  }
  return layout.metrics;
}
// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
#else
bool UsualLines::fits(const Layout& /*layout*/, std::string_view /*text*/, std::size_t /*at*/) {
  return false;
}

LineBlock::Line* UsualLines::take(std::string_view /*text*/, std::size_t& /*at*/,
                                  std::size_t /*end*/, LineBlock::Line* next,
                                  LineCounts& /*counts*/) {
  return next;
}

const std::vector<std::size_t>& UsualLines::read(const LineBlock::Line& line, const char* /*text*/,
                                                 Values& /*values*/) const {
  return layouts_[line.layout].metrics;
}
#endif

}  // namespace ipucnn::measuring
