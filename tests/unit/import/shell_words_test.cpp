#include "import/shell_words.h"

#include <gtest/gtest.h>

namespace ipucnn::importing {
namespace {

using Texts = std::vector<std::vector<std::string>>;

std::vector<ShellCommand> read(const std::string& text) {
  return read_shell(take_part(text, 0, text.size()));
}

/// The words of each command.
Texts words(const std::string& text) {
  Texts all;
  for (const ShellCommand& command : read(text)) {
    all.emplace_back();
    for (const ShellWord& word : command.words) all.back().push_back(word.value.text);
  }
  return all;
}

/// Kind and text of each fault.
std::vector<std::pair<ShellFault, std::string>> faults(const std::string& text) {
  std::vector<std::pair<ShellFault, std::string>> all;
  for (const ShellCommand& command : read(text))
    for (const auto& fault : command.faults)
      all.emplace_back(fault.kind, text.substr(fault.begin, fault.end - fault.begin));
  return all;
}

std::vector<std::pair<ShellGap, std::string>> gaps(const std::string& text) {
  std::vector<std::pair<ShellGap, std::string>> all;
  for (const ShellCommand& command : read(text))
    for (const auto& gap : command.gaps)
      all.emplace_back(gap.kind, text.substr(gap.begin, gap.end - gap.begin));
  return all;
}

TEST(ShellWords, TakesQuotesEscapesAndContinuationsAsAShell) {
  EXPECT_EQ(words("a 'b c'\"d \\\"e\" f\\ g \\\n h'' # i"), (Texts{{"a", "b cd \"e", "f g", "h"}}));
  EXPECT_EQ(words("a; b && c || d | e\nf"), (Texts{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}}));
  EXPECT_EQ(words("( cd x &&\n  y )\r\nz\r\n"), (Texts{{"cd", "x"}, {"y"}, {"z"}}));
  EXPECT_EQ(words("a#b '#c' #d"), (Texts{{"a#b", "#c"}}));
}

TEST(ShellWords, KeepsVariablesForTheStart) {
  EXPECT_EQ(words("a $B/c \"${D}\" '$E' \\$F ${G:-h} \"${I?}\" ~/j 5$"),
            (Texts{{"a", "${env:B}/c", "${env:D}", "$E", "$F", "${env:G:-h}", "${env:I}",
                    "${env:HOME}/j", "5$"}}));
}

TEST(ShellWords, KnowWhereTheyStood) {
  const std::string text = "poprun \\\n  --host 'a b'";
  const auto commands = read(text);
  const ShellWord& last = commands.at(0).words.at(2);
  EXPECT_EQ(text.substr(last.begin, last.end - last.begin), "'a b'");
  EXPECT_EQ(last.value.from, (std::vector<std::uint32_t>{19, 20, 21}));
}

TEST(ShellWords, GoOnAsTheAuthorMeantThem) {
  EXPECT_EQ(words("a \\ --b"), (Texts{{"a", "--b"}}));
  EXPECT_EQ(faults("a \\ --b"), (decltype(faults("")){{ShellFault::StrayBlank, "\\ "}}));
  EXPECT_EQ(words("a \\ \n --b"), (Texts{{"a", "--b"}}));
  EXPECT_EQ(faults("a \\ \n --b"),
            (decltype(faults("")){{ShellFault::BlankBehindBackslash, "\\ "}}));
  EXPECT_EQ(words("a --b\n  --c=1\nd"), (Texts{{"a", "--b", "--c=1"}, {"d"}}));
  EXPECT_EQ(faults("a --b\n  --c=1\nd"),
            (decltype(faults("")){{ShellFault::LostBackslash, "--b"}}));
  EXPECT_EQ(words("a 'b \\\n c'"), (Texts{{"a", "b  c"}}));
  EXPECT_EQ(faults("a 'b \\\n c'"), (decltype(faults("")){{ShellFault::BackslashInQuotes, "\\"}}));
  EXPECT_EQ(words("export A={\"b\": \"c\"}"), (Texts{{"export", "A={\"b\": \"c\"}"}}));
  EXPECT_EQ(faults("export A={\"b\": \"c\"}"),
            (decltype(faults("")){{ShellFault::BareJson, "A={\"b\": \"c\"}"}}));
  EXPECT_EQ(words("a --b=<c|d e> f"), (Texts{{"a", "--b=<c|d e>", "f"}}));
  EXPECT_EQ(faults("a 'b"), (decltype(faults("")){{ShellFault::OpenQuote, "'"}}));
}

TEST(ShellWords, AnEmptyLineEndsWhatLostItsBackslash) {
  EXPECT_EQ(words("a\n\n--b"), (Texts{{"a"}, {"--b"}}));
  EXPECT_EQ(words("a # c\n--b"), (Texts{{"a", "--b"}}));
}

TEST(ShellWords, BehindAPromptAreCommandsAndTheRestIsOutput) {
  EXPECT_EQ(words("$ a \\\n> --b\nprinted c\n$ d && e\nmore"), (Texts{{"a", "--b"}, {"d"}, {"e"}}));
  EXPECT_EQ(words("me@host:~$ a"), (Texts{{"a"}}));
}

TEST(ShellWords, SayWhatOnlyAShellCanTell) {
  using Gaps = decltype(gaps(""));
  EXPECT_EQ(gaps("a $(b c) `d`"),
            (Gaps{{ShellGap::Substitution, "$(b c)"}, {ShellGap::Substitution, "`d`"}}));
  EXPECT_EQ(gaps("a ${B#c} {d,e} $1"), (Gaps{{ShellGap::Substitution, "${B#c}"},
                                             {ShellGap::Substitution, "{d,e}"},
                                             {ShellGap::Substitution, "$1"}}));
  EXPECT_EQ(gaps("a > b 2>&1 | c &"), (Gaps{{ShellGap::Redirection, "> b"},
                                            {ShellGap::Redirection, "2>&1"},
                                            {ShellGap::Pipe, "|"},
                                            {ShellGap::Background, "&"}}));
  EXPECT_EQ(words("for i in 1 2; do\n a $i\ndone\nb"), (Texts{{"a", "${env:i}"}, {"b"}}));
  EXPECT_EQ(gaps("for i in 1 2; do\n a $i\ndone\nb"), (Gaps{{ShellGap::Compound, "a $i"}}));
  EXPECT_EQ(words("cat <<END\npoprun\nEND\nb"), (Texts{{"cat"}, {"b"}}));
}

TEST(ShellWords, OfAnythingEndWithTheText) {
  for (const char* text : {"", "\\", "'", "$", "${", "$(", "a <", "<<", "\\\n", "{\"", "A={\"",
                           "((", "&&", "for", "\"\\", "~", "<a", "`"})
    for (const ShellCommand& command : read(text)) EXPECT_FALSE(command.words.empty()) << text;
}

}  // namespace
}  // namespace ipucnn::importing
