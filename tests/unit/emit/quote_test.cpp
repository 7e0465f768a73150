#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/shell_quote.h"
#include "emit/emitters.h"
#include "plan/words.h"

namespace ipucnn::emitting {
namespace {

TEST(ShellQuote, LeavesPlainWordsBare) {
  for (const char* word :
       {"train.py", "--mpi-local-args=--tag-output", "10.1.0.0/16", "a,b:c+d@e%f"})
    EXPECT_EQ(quoted_for_shell(word), word);
}

TEST(ShellQuote, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(quoted_for_shell(""), "''");
  EXPECT_EQ(quoted_for_shell("a b"), "'a b'");
  EXPECT_EQ(quoted_for_shell("it's"), R"('it'\''s')");
  EXPECT_EQ(quoted_for_shell("$HOME"), "'$HOME'");
  for (const char* word :
       {"~", "*", "?", "[a]", "{a}", "!", "#", "a;b", "`id`", "a\\", "<", "|", "&", "(", "ö", "^"})
    EXPECT_EQ(quoted_for_shell(word), "'" + std::string(word) + "'");
}

std::string quoted(std::string_view text) { return shell_quote(planning::to_arg(text, "")); }

TEST(ShellQuote, LetsTheShellPutVariablesIn) {
  EXPECT_EQ(quoted("${env:A}"), R"("${A?}")");
  EXPECT_EQ(quoted("a b${env:A}/c"), R"('a b'"${A?}"/c)");
  EXPECT_EQ(quoted("${env:A:-x y}"), R"("${A:-x y}")");
  EXPECT_EQ(quoted(R"(${env:A:-"$`\})"), R"("${A:-\"\$\`\\}")");
  EXPECT_EQ(quoted("${env:A:-it's}"), R"("${A:-it$(printf \\047)s}")");
}

}  // namespace
}  // namespace ipucnn::emitting
