#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ipucnn::measuring {

/// Bits of a word of marks.
inline constexpr std::size_t kBits = 64;

/// Words that the marks of a text take.
constexpr std::size_t words_for(std::size_t bytes) { return (bytes + kBits - 1) / kBits; }

/// Where line ends (LF, CR) and opening brackets stand in a text, and where bytes that somebody
/// looks for do: a bit for each byte, the first one in the lowest bit. Bits behind the text are 0.
/// Both have words_for(text.size()) words.
void mark(std::string_view text, std::string_view wanted, std::uint64_t* ends,
          std::uint64_t* marks);

/// The marks of `wanted` alone.
void mark(std::string_view text, std::string_view wanted, std::uint64_t* marks);

/// The same one byte at a time, which every processor can and all others are held to.
void mark_slowly(std::string_view text, std::string_view wanted, std::uint64_t* ends,
                 std::uint64_t* marks);

/// Whether the processor has AVX2 and BMI and the system keeps its registers. Asked once, and by
/// nobody who reads no log.
bool has_avx2();

/// Goes through the marks of a text from one of its bytes on.
class MarkCursor {
 public:
  MarkCursor(const std::uint64_t* words, std::size_t from)
      : words_(words),
        word_(from / kBits),
        bits_(words[word_] & (~std::uint64_t{0} << from % kBits)) {}

  /// Place of the next byte that is marked; `end` where there is none before it.
  std::size_t next(std::size_t end) {
    while (bits_ == 0) {
      if ((word_ + 1) * kBits >= end) return end;
      bits_ = words_[++word_];
    }
    const std::size_t found = word_ * kBits + static_cast<std::size_t>(__builtin_ctzll(bits_));
    if (found >= end) return end;
    bits_ &= bits_ - 1;
    return found;
  }

  /// The same where a byte is sure to be marked.
  std::size_t next() {
    while (bits_ == 0) bits_ = words_[++word_];
    const std::size_t found = word_ * kBits + static_cast<std::size_t>(__builtin_ctzll(bits_));
    bits_ &= bits_ - 1;
    return found;
  }

 private:
  const std::uint64_t* words_;
  std::size_t word_;
  std::uint64_t bits_;
};

}  // namespace ipucnn::measuring
