// Looking for a few bytes in a text, as many of its bytes at once as the processor takes.
#include "measure/byte_marks.h"

#include <algorithm>
#include <array>
#include <cstring>
#ifdef __SSE2__
#include <immintrin.h>
#endif
#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace ipucnn::measuring {
namespace {

constexpr std::size_t kMost = 8;  // bytes that are wanted, for what looks for all at once

/// Marks of as many whole words of text. There are kMost bytes at `wanted`.
using Marker = void (*)(const char* text, std::size_t words, const char* wanted,
                        std::uint64_t* ends, std::uint64_t* marks);

bool is_end(char c) { return c == '\n' || c == '\r' || c == '['; }

#ifdef __SSE2__
// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)

template <std::size_t kWanted, bool kEnds>
void mark_by_16(const char* text, std::size_t words, const char* wanted, std::uint64_t* ends,
                std::uint64_t* marks) {
  constexpr std::size_t kWidth = sizeof(__m128i);
  __m128i bytes[kWanted];  // NOLINT(modernize-avoid-c-arrays): attributes of the type would be lost
  for (std::size_t i = 0; i < kWanted; ++i) bytes[i] = _mm_set1_epi8(wanted[i]);
  const __m128i lf = _mm_set1_epi8('\n');
  const __m128i cr = _mm_set1_epi8('\r');
  const __m128i bracket = _mm_set1_epi8('[');
  for (std::size_t word = 0; word < words; ++word) {
    std::uint64_t end_bits = 0;
    std::uint64_t mark_bits = 0;
    for (std::size_t at = 0; at < kBits; at += kWidth) {
      const __m128i part =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + word * kBits + at));
      if constexpr (kEnds) {
        const __m128i found =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(part, lf), _mm_cmpeq_epi8(part, cr)),
                         _mm_cmpeq_epi8(part, bracket));
        end_bits |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(found))} << at;
      }
      __m128i found = _mm_cmpeq_epi8(part, bytes[0]);
      for (std::size_t i = 1; i < kWanted; ++i)
        found = _mm_or_si128(found, _mm_cmpeq_epi8(part, bytes[i]));
      mark_bits |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(found))} << at;
    }
    if constexpr (kEnds) ends[word] = end_bits;
    marks[word] = mark_bits;
  }
}

#ifdef __x86_64__
/// Asked once, and by nobody who reads no log: a hypervisor takes its time to answer. What the
/// compiler offers asks at each start.
bool has_avx2() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_OSXSAVE) == 0 || (c & bit_AVX) == 0)
    return false;
  unsigned low = 0;
  unsigned high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  constexpr unsigned kKept = 6;  // halves of the registers that the system keeps
  return (low & kKept) == kKept && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
         (b & bit_AVX2) != 0;
}

template <std::size_t kWanted, bool kEnds>
__attribute__((target("avx2"))) void mark_by_32(const char* text, std::size_t words,
                                                const char* wanted, std::uint64_t* ends,
                                                std::uint64_t* marks) {
  constexpr std::size_t kWidth = sizeof(__m256i);
  __m256i bytes[kWanted];  // NOLINT(modernize-avoid-c-arrays): std::array would be called
  for (std::size_t i = 0; i < kWanted; ++i) bytes[i] = _mm256_set1_epi8(wanted[i]);
  const __m256i lf = _mm256_set1_epi8('\n');
  const __m256i cr = _mm256_set1_epi8('\r');
  const __m256i bracket = _mm256_set1_epi8('[');
  for (std::size_t word = 0; word < words; ++word) {
    std::uint64_t end_bits = 0;
    std::uint64_t mark_bits = 0;
    for (std::size_t at = 0; at < kBits; at += kWidth) {
      const __m256i part =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + word * kBits + at));
      if constexpr (kEnds) {
        const __m256i found = _mm256_or_si256(
            _mm256_or_si256(_mm256_cmpeq_epi8(part, lf), _mm256_cmpeq_epi8(part, cr)),
            _mm256_cmpeq_epi8(part, bracket));
        end_bits |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(found))} << at;
      }
      __m256i found = _mm256_cmpeq_epi8(part, bytes[0]);
      for (std::size_t i = 1; i < kWanted; ++i)
        found = _mm256_or_si256(found, _mm256_cmpeq_epi8(part, bytes[i]));
      mark_bits |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(found))} << at;
    }
    if constexpr (kEnds) ends[word] = end_bits;
    marks[word] = mark_bits;
  }
}
#endif
// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)

template <std::size_t kWanted, bool kEnds>
Marker marker_of_width() {
#ifdef __x86_64__
  static const bool kWide = has_avx2();
  if (kWide) return mark_by_32<kWanted, kEnds>;
#endif
  return mark_by_16<kWanted, kEnds>;
}

/// Null where there are too many bytes to look for one after the other, or none.
template <bool kEnds>
Marker marker(std::size_t wanted) {
  switch (wanted) {
    case 0:
      return nullptr;
    case 1:
      return marker_of_width<1, kEnds>();
    case 2:
      return marker_of_width<2, kEnds>();
    case 3:
      return marker_of_width<3, kEnds>();
    case 4:
      return marker_of_width<4, kEnds>();
    default:
      return wanted <= kMost ? marker_of_width<kMost, kEnds>() : nullptr;
  }
}
#else
template <bool kEnds>
Marker marker(std::size_t /*wanted*/) {
  return nullptr;
}
#endif

/// Whole words by the marker, and what is left of the text with room behind it.
void mark_by(Marker by, std::string_view text, std::string_view wanted, std::uint64_t* ends,
             std::uint64_t* marks) {
  std::array<char, kMost> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  bytes.fill(wanted.front());
  std::copy(wanted.begin(), wanted.end(), bytes.begin());
  const std::size_t words = text.size() / kBits;
  by(text.data(), words, bytes.data(), ends, marks);
  const std::size_t rest = text.size() % kBits;
  if (rest == 0) return;
  std::array<char, kBits> last{};
  std::memcpy(last.data(), text.data() + words * kBits, rest);
  by(last.data(), 1, bytes.data(), ends == nullptr ? nullptr : ends + words, marks + words);
  const std::uint64_t there = (std::uint64_t{1} << rest) - 1;
  if (ends != nullptr) ends[words] &= there;
  marks[words] &= there;
}

}  // namespace

void mark_slowly(std::string_view text, std::string_view wanted, std::uint64_t* ends,
                 std::uint64_t* marks) {
  std::array<bool, 256> is_wanted{};
  for (const char c : wanted) is_wanted.at(static_cast<unsigned char>(c)) = true;
  for (std::size_t word = 0; word < words_for(text.size()); ++word) {
    std::uint64_t end_bits = 0;
    std::uint64_t mark_bits = 0;
    const std::string_view part = text.substr(word * kBits, kBits);
    for (std::size_t i = 0; i < part.size(); ++i) {
      end_bits |= std::uint64_t{is_end(part[i])} << i;
      mark_bits |= std::uint64_t{is_wanted[static_cast<unsigned char>(part[i])]} << i;
    }
    if (ends != nullptr) ends[word] = end_bits;
    marks[word] = mark_bits;
  }
}

void mark(std::string_view text, std::string_view wanted, std::uint64_t* ends,
          std::uint64_t* marks) {
  // Where nothing is wanted, what is marked does not matter.
  const std::string_view some = wanted.empty() ? std::string_view("\n") : wanted;
  if (const Marker by = marker<true>(some.size()))
    mark_by(by, text, some, ends, marks);
  else
    mark_slowly(text, some, ends, marks);
}

void mark(std::string_view text, std::string_view wanted, std::uint64_t* marks) {
  if (const Marker by = marker<false>(wanted.size()))
    mark_by(by, text, wanted, nullptr, marks);
  else
    mark_slowly(text, wanted, nullptr, marks);
}

}  // namespace ipucnn::measuring
