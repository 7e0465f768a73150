// What the scripts' own reader refuses is refused, at its place.
#include <gtest/gtest.h>

#include <string>

#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::Loaded;
using testing::text_of;

std::string findings_of(std::string text) {
  const Loaded loaded(std::move(text));
  EXPECT_EQ(loaded.document == nullptr, loaded.findings.has_errors());
  return text_of(loaded.findings, loaded.sources);
}

TEST(YamlGate, RefusesATabThatIndents) {
  EXPECT_EQ(findings_of("a:\n\tb: 1\n"),
            "file.yml:2:1: error[Y001]: a tab stands outside of a text\n"
            "     b: 1\n"
            "    ^\n"
            "  help: indent and separate with blanks\n");
}

TEST(YamlGate, RefusesAnUnknownAlias) {
  EXPECT_EQ(findings_of("ä: 1\na: *nobody\n"),
            "file.yml:2:4: error[Y001]: no anchor of this name stands above\n"
            "    a: *nobody\n"
            "       ^\n"
            "  help: an anchor is set where its value begins: `name: &anchor`\n");
}

TEST(YamlGate, RefusesWhatIsNoUtf8) {
  EXPECT_EQ(findings_of("ok: 1\nb: \"\xc3(\"\n"),
            "file.yml:2:6: error[Y001]: a byte that is not UTF-8\n"
            "    b: \"?(\"\n"
            "         ^\n"
            "  help: save the file as UTF-8\n");
}

TEST(YamlGate, RefusesASecondDocumentButNoMarkers) {
  EXPECT_EQ(findings_of("---\na: 1\n...\n"), "");
  EXPECT_EQ(findings_of("a: 1\n---\n"),
            "file.yml:2:1: error[Y001]: a second document begins here\n"
            "    ---\n"
            "    ^\n"
            "  help: one file is one document: split the file, or remove the `---` or `...`\n");
}

TEST(YamlGate, CountsTheColumnsOfItsMarksInBytes) {
  EXPECT_EQ(findings_of("öö: [1, 2\nb: 3\n"),
            "file.yml:1:7: error[Y001]: the list that opens here is not closed with ']'\n"
            "    öö: [1, 2\n"
            "        ^\n"
            "  help: its items are separated by commas\n");
}

TEST(YamlGate, TakesTwoHundredLevelsAndNoMore) {
  const auto nested = [](std::size_t levels) {
    return "a: " + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "\n";
  };
  EXPECT_EQ(findings_of(nested(200)), "");
  EXPECT_NE(findings_of(nested(201)).find("nested deeper than 200 levels"), std::string::npos);
}

TEST(YamlGate, RefusesAnAliasInsideTheValueItNames) {
  EXPECT_EQ(findings_of("a: &x [1, *x]\n"),
            "file.yml:1:11: error[Y002]: an alias stands inside the value it names\n"
            "    a: &x [1, *x]\n"
            "              ^~\n");
}

TEST(YamlGate, RefusesTagsThatMakeObjects) {
  EXPECT_EQ(findings_of("a: !!python/tuple [1]\n"),
            "file.yml:1:4: error[Y001]: the tag !!python/tuple is not accepted\n"
            "    a: !!python/tuple [1]\n"
            "       ^~~~~~~~~~~~~~\n"
            "  help: values are text, numbers, booleans, null, lists and mappings; leave the\n"
            "        tag out\n");
}

}  // namespace
}  // namespace ipucnn
