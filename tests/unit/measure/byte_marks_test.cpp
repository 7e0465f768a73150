#include "measure/byte_marks.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace ipucnn::measuring {
namespace {

using Words = std::vector<std::uint64_t>;

TEST(ByteMarks, AreTheSameHoweverManyBytesAreLookedAtAtOnce) {
  std::mt19937 random(3);  // NOLINT(cert-msc51-cpp)
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 400, ' ');
    const bool few = random() % 2 == 0;
    for (char& c : text) c = few ? "\n\r[ab:\0\xff"[random() % 8] : static_cast<char>(random());
    std::string wanted;
    for (std::size_t i = random() % 12; i > 0; --i) wanted += static_cast<char>(random());
    if (few && !wanted.empty()) wanted.back() = ':';
    const std::size_t words = words_for(text.size());
    Words ends(words), marks(words), more(words), slow_ends(words), slow_marks(words);
    mark(text, wanted, ends.data(), marks.data());
    mark_slowly(text, wanted, slow_ends.data(), slow_marks.data());
    EXPECT_EQ(ends, slow_ends);
    if (wanted.empty()) continue;
    EXPECT_EQ(marks, slow_marks);
    mark(text, wanted, more.data());
    EXPECT_EQ(more, slow_marks);
  }
}

TEST(ByteMarks, AreGoneThroughFromAnyByteToAnyOther) {
  std::mt19937 random(4);  // NOLINT(cert-msc51-cpp)
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 300 + 1, '.');
    for (char& c : text)
      if (random() % 20 == 0) c = '[';
    Words ends(words_for(text.size())), marks(ends.size());
    mark(text, "x", ends.data(), marks.data());
    const std::size_t from = random() % text.size();
    const std::size_t end = from + random() % (text.size() - from + 1);
    MarkCursor cursor(ends.data(), from);
    for (std::size_t at = from; at < end; ++at)
      if (text[at] == '[') {
        ASSERT_EQ(cursor.next(end), at);
      }
    ASSERT_EQ(cursor.next(end), end);
  }
}

}  // namespace
}  // namespace ipucnn::measuring
