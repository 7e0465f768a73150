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

constexpr std::size_t kMost = 8;    // bytes that are wanted, for what looks for one by one
constexpr std::size_t kTable = 16;  // entries

/// What a marker needs of the bytes that are wanted.
struct Wanted {
  std::array<char, kMost> bytes{};  ///< all of them, some repeatedly
  /// The same by their lower four bits, as far as one table has room; others are never found.
  std::array<char, 4 * kTable> tables{};
};

/// Marks of as many whole words of text.
using Marker = void (*)(const char* text, std::size_t words, const Wanted& wanted,
                        std::uint64_t* ends, std::uint64_t* marks);

bool is_end(char c) { return c == '\n' || c == '\r' || c == '['; }

#ifdef __SSE2__
// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast)

template <bool kEnds>
void mark_by_16(const char* text, std::size_t words, const Wanted& wanted, std::uint64_t* ends,
                std::uint64_t* marks) {
  constexpr std::size_t kWidth = sizeof(__m128i);
  __m128i bytes[kMost];  // NOLINT(modernize-avoid-c-arrays): attributes of the type would be lost
  for (std::size_t i = 0; i < kMost; ++i) bytes[i] = _mm_set1_epi8(wanted.bytes[i]);
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
      for (std::size_t i = 1; i < kMost; ++i)
        found = _mm_or_si128(found, _mm_cmpeq_epi8(part, bytes[i]));
      mark_bits |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(found))} << at;
    }
    if constexpr (kEnds) ends[word] = end_bits;
    marks[word] = mark_bits;
  }
}

#ifdef __x86_64__
/// One look-up tells whether a byte is one of up to sixteen with different lower four bits: the
/// table has each of them at its place (Langdale and Lemire 2019).
__attribute__((target("avx2"))) inline __m256i in_table(__m256i part, __m256i table) {
  return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, part), part);
}

__attribute__((target("avx2"))) inline __m256i table_at(const char* entries) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(entries)));
}

__attribute__((target("avx2"))) inline std::uint64_t bits_of(__m256i first, __m256i second) {
  constexpr unsigned kHalf = 32;
  return std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(first))} |
         std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(second))} << kHalf;
}

template <std::size_t kTables, bool kEnds>
__attribute__((target("avx2"))) void mark_by_32(const char* text, std::size_t words,
                                                const Wanted& wanted, std::uint64_t* ends,
                                                std::uint64_t* marks) {
  constexpr std::array<char, kTable> kEndBytes = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\n', '[', 0, '\r'};
  const __m256i end_table = table_at(kEndBytes.data());
  __m256i tables[kTables];  // NOLINT(modernize-avoid-c-arrays): std::array would be called
  for (std::size_t i = 0; i < kTables; ++i) tables[i] = table_at(&wanted.tables[i * kTable]);
  for (std::size_t word = 0; word < words; ++word) {
    const auto* const at = reinterpret_cast<const __m256i*>(text + word * kBits);
    const __m256i first = _mm256_loadu_si256(at);
    const __m256i second = _mm256_loadu_si256(at + 1);
    if constexpr (kEnds)
      ends[word] = bits_of(in_table(first, end_table), in_table(second, end_table));
    __m256i in_first = in_table(first, tables[0]);
    __m256i in_second = in_table(second, tables[0]);
    for (std::size_t i = 1; i < kTables; ++i) {
      in_first = _mm256_or_si256(in_first, in_table(first, tables[i]));
      in_second = _mm256_or_si256(in_second, in_table(second, tables[i]));
    }
    marks[word] = bits_of(in_first, in_second);
  }
}

/// Null where the bytes take more tables.
template <bool kEnds>
Marker marker_by_tables(std::size_t tables) {
  switch (tables) {
    case 1:
      return mark_by_32<1, kEnds>;
    case 2:
      return mark_by_32<2, kEnds>;
    case 3:
    case 4:
      return mark_by_32<4, kEnds>;
    default:
      return nullptr;
  }
}
#endif
// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
#endif

/// Puts the bytes into tables and tells how many it takes; more than there are where they have no
/// room or are none of ASCII.
std::size_t fill_tables(std::string_view bytes, Wanted& wanted) {
  constexpr unsigned kLower = 0x0F;
  const std::size_t most = wanted.tables.size() / kTable;
  std::array<std::uint8_t, kTable> used{};
  std::size_t tables = 1;
  for (std::size_t i = 0; i < most; ++i) wanted.tables[i * kTable] = 1;  // found nowhere
  for (const char c : bytes) {
    const std::size_t place = static_cast<unsigned char>(c) & kLower;
    const std::size_t table = used[place]++;
    if (table == most || static_cast<unsigned char>(c) > 0x7F) return most + 1;
    wanted.tables[table * kTable + place] = c;
    tables = std::max(tables, table + 1);
  }
  return tables;
}

/// Null where this processor has none for such bytes.
template <bool kEnds>
Marker marker(std::string_view bytes, Wanted& wanted) {
#ifdef __x86_64__
  if (has_avx2())
    if (const Marker by = marker_by_tables<kEnds>(fill_tables(bytes, wanted))) return by;
#endif
#ifdef __SSE2__
  if (bytes.size() <= kMost) {
    wanted.bytes.fill(bytes.front());
    std::copy(bytes.begin(), bytes.end(), wanted.bytes.begin());
    return mark_by_16<kEnds>;
  }
#endif
  return nullptr;
}

/// Whole words by the marker, and what is left of the text with room behind it.
void mark_by(Marker by, std::string_view text, const Wanted& wanted, std::uint64_t* ends,
             std::uint64_t* marks) {
  const std::size_t words = text.size() / kBits;
  by(text.data(), words, wanted, ends, marks);
  const std::size_t rest = text.size() % kBits;
  if (rest == 0) return;
  std::array<char, kBits> last{};
  std::memcpy(last.data(), text.data() + words * kBits, rest);
  by(last.data(), 1, wanted, ends == nullptr ? nullptr : ends + words, marks + words);
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

#ifdef __x86_64__
namespace {

/// A hypervisor takes its time to answer. What the compiler offers asks at each start.
bool ask_for_avx2() {
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
         (b & bit_AVX2) != 0 && (b & bit_BMI) != 0;
}

}  // namespace
#endif

bool has_avx2() {
#ifdef __x86_64__
  static const bool kHas = ask_for_avx2();
  return kHas;
#else
  return false;
#endif
}

void mark(std::string_view text, std::string_view wanted, std::uint64_t* ends,
          std::uint64_t* marks) {
  // Where nothing is wanted, what is marked does not matter.
  const std::string_view some = wanted.empty() ? std::string_view("\n") : wanted;
  Wanted prepared;
  if (const Marker by = marker<true>(some, prepared))
    mark_by(by, text, prepared, ends, marks);
  else
    mark_slowly(text, some, ends, marks);
}

void mark(std::string_view text, std::string_view wanted, std::uint64_t* marks) {
  Wanted prepared;
  const Marker by = wanted.empty() ? nullptr : marker<false>(wanted, prepared);
  if (by != nullptr)
    mark_by(by, text, prepared, nullptr, marks);
  else
    mark_slowly(text, wanted, nullptr, marks);
}

}  // namespace ipucnn::measuring
