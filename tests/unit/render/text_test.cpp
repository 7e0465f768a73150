#include <gtest/gtest.h>

#include <string>

#include "ipucnn/render.h"

namespace ipucnn {
namespace {

/// One finding in a file of this text.
std::string shown(std::string text, Span at, std::size_t width = 60, bool color = false) {
  Sources sources;
  at.source = sources.add("file.yml", std::move(text));
  Diagnostics findings;
  findings.add(FindingId::K014, at, "a message").help = "some help";
  return render_text(findings, sources, {color, width});
}

TEST(RenderedText, PointsAtThePlace) {
  EXPECT_EQ(shown("a: 1\nb: two\n", {0, 2, 4, 3}),
            "file.yml:2:4: warning[K014]: a message\n"
            "    b: two\n"
            "       ^~~\n"
            "  help: some help\n");
}

TEST(RenderedText, HasNoExcerptWithoutAPlace) {
  EXPECT_EQ(shown("a: 1\n", {0, 0, 0, 0}), "warning[K014]: a message\n  help: some help\n");
  EXPECT_EQ(shown("a: 1\n", {0, 7, 1, 1}),
            "file.yml:7:1: warning[K014]: a message\n  help: some help\n");
}

TEST(RenderedText, PutsTheCaretUnderCharactersNotBytes) {
  EXPECT_EQ(shown("größe: öl\n", {0, 1, 10, 3}),
            "file.yml:1:10: warning[K014]: a message\n"
            "    größe: öl\n"
            "           ^~\n"
            "  help: some help\n");
}

TEST(RenderedText, ShowsTabsAndControlCharactersAsOneColumn) {
  EXPECT_EQ(shown("\ta\x1b[31m: b\r\n", {0, 1, 9, 1}),
            "file.yml:1:9: warning[K014]: a message\n"
            "     a?[31m: b\n"
            "            ^\n"
            "  help: some help\n");
}

TEST(RenderedText, CutsALongLineAroundThePlace) {
  std::string line(50, 'a');
  line.append("X").append(50, 'b');
  EXPECT_EQ(shown(line, {0, 1, 51, 1}, 30),
            "file.yml:1:51: warning[K014]: a message\n"
            "    ...aaaaaaaaaaXbbbbbbbbb...\n"
            "                 ^\n"
            "  help: some help\n");
  EXPECT_EQ(shown(line, {0, 1, 1, 1}, 30),
            "file.yml:1:1: warning[K014]: a message\n"
            "    aaaaaaaaaaaaaaaaaaaa...\n"
            "    ^\n"
            "  help: some help\n");
  EXPECT_EQ(shown(line, {0, 1, 101, 1}, 30),
            "file.yml:1:101: warning[K014]: a message\n"
            "    ...bbbbbbbbbbbbbbbbbbbb\n"
            "                          ^\n"
            "  help: some help\n");
}

TEST(RenderedText, NeverCutsACharacterInTwo) {
  std::string line;
  for (int i = 0; i < 60; ++i) line += "ö";
  const std::string text = shown(line, {0, 1, 61, 2}, 30);
  EXPECT_EQ(text.find('?'), std::string::npos) << text;
}

TEST(RenderedText, CutsAMarkThatIsLongerThanTheRoom) {
  const std::string text = shown(std::string(200, 'x'), {0, 1, 1, 200}, 40);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 40U) << text;
    begin = end + 1;
  }
}

TEST(RenderedText, WrapsHelpAtBlanks) {
  Sources sources;
  Diagnostics findings;
  findings.add(FindingId::K014, {}, "a message").help = "one two three four five six seven";
  EXPECT_EQ(render_text(findings, sources, {false, 24}),
            "warning[K014]: a message\n"
            "  help: one two three\n"
            "        four five six\n"
            "        seven\n");
}

TEST(RenderedText, ShowsNotesWithTheirPlaces) {
  Sources sources;
  const SourceId file = sources.add("b.yml", "x: 1\n");
  Diagnostics findings;
  findings.add(FindingId::K014, {}, "a message").notes = {{"elsewhere", {file, 1, 4, 1}},
                                                          {"nowhere", {}}};
  EXPECT_EQ(render_text(findings, sources, {}),
            "warning[K014]: a message\n"
            "  note: elsewhere (b.yml:1:4)\n"
            "  note: nowhere\n");
}

TEST(RenderedText, IsColouredOnRequestOnly) {
  EXPECT_EQ(shown("a: 1\n", {0, 1, 1, 1}, 60, true),
            "\033[1mfile.yml:1:1\033[0m: \033[1;33mwarning[K014]:\033[0m a message\n"
            "    a: 1\n"
            "    \033[1;33m^\033[0m\n"
            "  \033[1mhelp:\033[0m some help\n");
}

TEST(RenderedJson, HoldsEveryFieldOfTheSchema) {
  Sources sources;
  const SourceId file = sources.add("a.yml", "key: 1\n");
  Diagnostics findings;
  findings.add(FindingId::K014, {file, 1, 1, 3}, "caf\xe9").notes = {{"a note", {file, 1, 6, 1}}};
  EXPECT_EQ(*render({findings, sources}, "json"), R"json({
  "schema": "ipucnn.findings/1",
  "findings": [
    {
      "id": "K014",
      "name": "unknown_key",
      "severity": "warning",
      "message": "caf�",
      "file": "a.yml",
      "line": 1,
      "column": 1,
      "end_column": 4,
      "help": "",
      "notes": [
        {
          "text": "a note",
          "file": "a.yml",
          "line": 1,
          "column": 6,
          "end_column": 7
        }
      ],
      "fix": [],
      "also": []
    }
  ]
}
)json");
}

}  // namespace
}  // namespace ipucnn
