#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "base/wrap.h"

namespace ipucnn {
namespace {

TEST(ParseInt64, TakesWholeDecimalNumbersOnly) {
  EXPECT_EQ(parse_int64("12"), 12);
  EXPECT_EQ(parse_int64("+12"), 12);
  EXPECT_EQ(parse_int64("-12"), -12);
  EXPECT_EQ(parse_int64("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* word : {"", "+", "-", "+-1", "1 ", " 1", "1.0", "0x1", "9223372036854775808"})
    EXPECT_EQ(parse_int64(word), std::nullopt) << word;
}

TEST(Printable, KeepsCharactersAndReplacesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("Größe \U0001f600"), "Größe \U0001f600");
  EXPECT_EQ(printable("a\tb\x1b[31m\x7f\n"), "a b?[31m??");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "??31m");
  EXPECT_EQ(printable("\xff \xc3( \xe2\x82"), "? ?( ??");
  EXPECT_EQ(printable("\xed\xa0\x80 \xc0\x80 \xf5\x80\x80\x80"), "??? ?? ????");
}

TEST(CountCharacters, CountsCharactersRatherThanBytes) {
  EXPECT_EQ(count_characters("Größe"), 5U);
  EXPECT_EQ(count_characters(""), 0U);
}

TEST(Join, PutsTheTextBetween) {
  EXPECT_EQ(join({"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(join({"", "a"}, ","), ",a");
  EXPECT_EQ(join({}, ","), "");
}

TEST(Counted, SpeaksOfOneAndOfSeveral) {
  EXPECT_EQ(counted(1, "host"), "1 host");
  EXPECT_EQ(counted(0, "host"), "0 hosts");
}

TEST(Wrapped, BreaksAtBlanksAndIndentsWhatFollows) {
  EXPECT_EQ(wrapped("one two three", 4, 12), "one two\n    three");
  EXPECT_EQ(wrapped("one two", 0, 7), "one two");
  EXPECT_EQ(wrapped("averylongword two", 2, 6), "averylongword\n  two");
  EXPECT_EQ(wrapped("\xC3\xA4\xC3\xA4 b", 0, 4), "\xC3\xA4\xC3\xA4 b");
  EXPECT_EQ(wrapped("", 4, 10), "");
  EXPECT_EQ(wrapped_lines("a\n  rate  1 of two\nb\n", 0), "a\n  rate  1 of two\nb\n");
  EXPECT_EQ(wrapped_lines("a\n  ab  1 of two\nb\n", 12), "a\n  ab  1 of\n      two\nb\n");
  EXPECT_EQ(wrapped_lines("  one two three", 12), "  one two\n    three");
  EXPECT_EQ(wrapped_lines("a long name  one two", 14), "a long name \n  one two");
}

}  // namespace
}  // namespace ipucnn
