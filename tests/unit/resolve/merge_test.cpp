// Merge keys as PyYAML applies them (explicit beats merged, the earlier of several mappings wins),
// and `extends`.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/resolve.h"
#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::text_of;

/// "key=value from; ..." of a preset, each key's winner in the order of the keys' first mention, or
/// the findings.
std::string flat(const std::vector<std::string>& files, std::string_view name) {
  Sources sources;
  Diagnostics findings;
  Catalog catalog(sources);
  for (const std::string& text : files)
    catalog.add(sources, sources.add("file.yml", text), Layer::Named, "app", findings);
  const auto found = catalog.find_presets(name, {"app", ""});
  if (found.empty()) return text_of(findings, sources);
  const auto preset = flatten(catalog, found.back(), findings);
  if (!preset) return text_of(findings, sources);
  std::string out;
  std::vector<std::string_view> done;
  for (const PresetEntry& entry : preset->entries) {
    if (std::find(done.begin(), done.end(), entry.key.text()) != done.end()) continue;
    done.push_back(entry.key.text());
    const PresetEntry* winner = preset->find(entry.key.text());
    out += fmt::format("{}={}{};", entry.key.text(), winner->value.text(),
                       winner->from.empty() ? "" : fmt::format(" of {}", winner->from));
  }
  return out + (preset->extended ? " extended" : "");
}

TEST(Merge, LetsExplicitKeysWinWhereverTheMergeStands) {
  EXPECT_EQ(flat({"base: &b {x: 1, y: 1}\np: {x: 2, <<: *b}\nq: {<<: *b, x: 2}\n"}, "p"),
            "x=2;y=1 of base;");
  EXPECT_EQ(flat({"base: &b {x: 1, y: 1}\np: {x: 2, <<: *b}\nq: {<<: *b, x: 2}\n"}, "q"),
            "x=2;y=1 of base;");
}

TEST(Merge, LetsTheEarlierOfAListWin) {
  EXPECT_EQ(flat({"a: &a {x: 1}\nb: &b {x: 2, y: 2}\np: {<<: [*a, *b]}\n"}, "p"),
            "x=1 of a;y=2 of b;");
}

TEST(Merge, GoesThroughSeveralLevels) {
  EXPECT_EQ(flat({"a: &a {x: 1, y: 1, z: 1}\nb: &b {<<: *a, y: 2}\np: {<<: *b, z: 3}\n"}, "p"),
            "x=1 of a;y=2 of b;z=3;");
}

TEST(Merge, LetsTheLastOfEqualKeysWin) { EXPECT_EQ(flat({"p: {x: 1, x: 2}\n"}, "p"), "x=2;"); }

TEST(Merge, TakesAQuotedMergeKeyForAnOption) { EXPECT_EQ(flat({"p: {'<<': 1}\n"}, "p"), "<<=1;"); }

TEST(Extends, TakesThePartsThatAreNotReplaced) {
  EXPECT_EQ(
      flat({"presets: {app: {a: {x: 1, y: 1}}}\n", "presets: {app: {p: {extends: a, y: 2}}}\n"},
           "p"),
      "x=1 of a;y=2; extended");
}

TEST(Extends, LetsMergedKeysWinOverExtendedOnes) {
  EXPECT_EQ(flat({"presets:\n  app:\n    a: {x: 1, y: 1}\n    b: &b {x: 2}\n"
                  "    p: {extends: a, <<: *b}\n"},
                 "p"),
            "x=2 of b;y=1 of a; extended");
}

TEST(Extends, ThatLeadsBackToItselfIsAnError) {
  EXPECT_EQ(flat({"presets:\n  app:\n    p: {extends: q}\n    q: {extends: p}\n"}, "p"),
            "file.yml:4:18: error[K017]: 'p' extends itself\n"
            "        q: {extends: p}\n"
            "                     ^\n"
            "  note: by way of 'p' (file.yml:3:5)\n"
            "  note: by way of 'q' (file.yml:4:5)\n");
}

TEST(Extends, OfItsOwnNameMeansTheFilesBefore) {
  EXPECT_EQ(
      flat({"presets: {app: {p: {x: 1, y: 1}}}\n", "presets: {app: {p: {extends: p, y: 2}}}\n"},
           "p"),
      "x=1 of p;y=2; extended");
  EXPECT_EQ(flat({"presets:\n  app:\n    p: {extends: p}\n"}, "p"),
            "file.yml:3:18: error[K017]: 'p' extends itself, and no file before this one has it\n"
            "        p: {extends: p}\n"
            "                     ^\n");
}

TEST(Extends, WithNullTakesAKeyAway) {
  EXPECT_EQ(flat({"presets: {app: {a: {x: 1, y: 1}, p: {extends: a, y: null, z: null}}}\n"}, "p"),
            "x=1 of a;z=null; extended");
}

TEST(Extends, OfNothingIsAnError) {
  EXPECT_EQ(flat({"presets:\n  app:\n    p: {extends: q}\n"}, "p"),
            "file.yml:3:18: error[K017]: 'p' extends 'q', which does not exist\n"
            "        p: {extends: q}\n"
            "                     ^\n");
}

TEST(Profile, LetsTheStepsOwnValuesWin) {
  Sources sources;
  Diagnostics findings;
  Catalog catalog(sources);
  catalog.add(sources,
              sources.add("file.yml",
                          "profiles:\n"
                          "  a: {verbosity: 1, steps: {validation: {verbosity: 2}}}\n"
                          "  b: {extends: a, verbosity: 3}\n"),
              Layer::Named, {}, findings);
  const auto winner = [&](std::string_view step) {
    const auto flat =
        flatten_profile(catalog, catalog.find(Section::Profiles, "b"), step, findings);
    return std::string(flat->entries.back().value.text());
  };
  EXPECT_EQ(winner("train"), "3");
  EXPECT_EQ(winner("validation"), "2");
}

}  // namespace
}  // namespace ipucnn
