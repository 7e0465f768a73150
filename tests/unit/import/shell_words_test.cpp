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
    if (command.role != ShellRole::Command) continue;
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

TEST(ShellWords, TakesDollarQuotesAsBash) {
  EXPECT_EQ(words("a $'it\\'s' $'\\x41\\102\\u00e4\\n\\q' $\"b c\"; d\n"),
            (Texts{{"a", "it's", "AB\u00e4\n\\q", "b c"}, {"d"}}));
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
  EXPECT_EQ(gaps("a ${B#c} {d,e} <(f)"), (Gaps{{ShellGap::Substitution, "${B#c}"},
                                               {ShellGap::Substitution, "{d,e}"},
                                               {ShellGap::Substitution, "<(f)"}}));
}

TEST(ShellWords, SayWhatIsLostAroundACommand) {
  using Gaps = decltype(gaps(""));
  EXPECT_EQ(gaps("a > b 2>&1 </dev/null"), Gaps{});
  EXPECT_EQ(gaps("a 2>&1 |& tee b &>c"), (Gaps{{ShellGap::Input, "tee b"}}));
  EXPECT_EQ(gaps("a <b | c &"), (Gaps{{ShellGap::Input, "<b"},
                                      {ShellGap::Pipe, "|"},
                                      {ShellGap::Background, "&"},
                                      {ShellGap::Input, "c"}}));
}

TEST(ShellWords, OfAHereDocumentAreNone) {
  EXPECT_EQ(words("cat <<END\npoprun\nEND\nb"), (Texts{{"cat"}, {"b"}}));
  EXPECT_EQ(words("a <<'X' >f <<-Y\npoprun\nX\n\tpoprun\n\tY\nb"), (Texts{{"a"}, {"b"}}));
  EXPECT_EQ(words("a <<X\n\tX\nX\nb"), (Texts{{"a"}, {"b"}}));
}

/// The borders of blocks and the first words of commands.
std::string outline(const std::string& text) {
  constexpr std::string_view kNames[] = {"sub", "group", "if", "case", "loop", "for", "function"};
  std::string out;
  for (const ShellCommand& command : read(text)) {
    const std::string name(kNames[static_cast<std::size_t>(command.block)]);
    const std::string first = command.words.empty() ? "" : command.words.front().value.text;
    if (!out.empty()) out += ' ';
    switch (command.role) {
      case ShellRole::Command:
        out += first;
        break;
      case ShellRole::Open:
        out += name + "(" + first;
        break;
      case ShellRole::Section:
        out += "|";
        break;
      case ShellRole::Close:
        out += ")";
        break;
    }
  }
  return out;
}

TEST(ShellWords, StandInBlocks) {
  EXPECT_EQ(outline("if a; then b; elif c; then d; else e; fi; f"), "if( a | b | c d | e ) f");
  EXPECT_EQ(outline("for i in 1 2\ndo a; done | b"), "for(i a ) b");
  EXPECT_EQ(outline("for i do a; done; for ((i = 0; i < 3; ++i)); do b; done"),
            "for(i a ) (( loop( b )");
  EXPECT_EQ(outline("while ! a; do b; done < c; until [[ d && (e) ]]; do f; done"),
            "loop( a b ) loop( [[ f )");
  EXPECT_EQ(outline("case $a in\n b|c) d;; # e)\n (*) f\n;;\nesac; g"),
            "case(${env:a} | d | f ) g");
  EXPECT_EQ(outline("f() { a; }; function g { b; }\nh () ( c )\nf; } ; done"),
            "function(f group( a ) ) function(g group( b ) ) function(h sub( c ) ) f");
  EXPECT_EQ(outline("a && { b; (c; d) }; e=$(f $(g))"),
            "a group( b sub( c d ) ) sub( sub( g ) f ) e=$(f $(g))");
  EXPECT_EQ(outline("if a; then while b; do (c"), "if( a | loop( b sub( c ) ) )");
}

TEST(ShellWords, OfAListStandByThemselves) {
  const auto commands = read("A=(b 'c d' # e\n $F) G+=(h)\ni");
  ASSERT_EQ(commands.size(), 2U);
  ASSERT_EQ(commands[0].lists.size(), 2U);
  const ShellList& first = commands[0].lists[0];
  EXPECT_EQ(first.name, "A");
  ASSERT_EQ(first.words.size(), 3U);
  EXPECT_EQ(first.words[1].value.text, "c d");
  EXPECT_EQ(first.words[2].value.text, "${env:F}");
  EXPECT_TRUE(commands[0].lists[1].appends);
}

TEST(ShellWords, OfAnythingEndWithTheText) {
  for (const char* text : {"", "\\", "'", "$", "${", "$(", "a <", "<<", "\\\n", "{\"", "A={\"",
                           "((", "&&", "for", "\"\\", "~", "<a", "`"})
    for (const ShellCommand& command : read(text))
      EXPECT_TRUE(!command.words.empty() || command.role != ShellRole::Command) << text;
}

}  // namespace
}  // namespace ipucnn::importing
