#include "ipucnn/catalog.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "ipucnn/file_schema.h"
#include "ipucnn/launch_words.h"
#include "ipucnn/target.h"
#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::text_of;

/// The built-in files and these, in this order.
struct Files {
  Files() : catalog(sources) {}
  bool add(std::string name, std::string text, std::string_view application = {}) {
    return catalog.add(sources, sources.add(std::move(name), std::move(text)), Layer::Named,
                       application, findings);
  }
  std::string said() const { return text_of(findings, sources); }

  Sources sources;
  Diagnostics findings;
  Catalog catalog;
};

TEST(Catalog, ReplacesWholeEntriesByThoseOfALaterFile) {
  Files files;
  ASSERT_TRUE(files.add("a.yml", "targets: {t: {ipus: 4, name: A}}\n"));
  ASSERT_TRUE(files.add("b.yml", "targets: {t: {ipus: 8}, u: {}}\n"));
  const Entry target = files.catalog.find(Section::Targets, "t");
  EXPECT_EQ(target.body.find_int("ipus"), 8);
  EXPECT_FALSE(target.body.find("name"));
  const auto names = files.catalog.names(Section::Targets);
  EXPECT_EQ(std::count(names.begin(), names.end(), "t"), 1);
}

TEST(Catalog, TakesTheHighestReleaseByItsNumbers) {
  Files files;
  files.add("a.yml", "applications: {x@2.10: {}, x@2.9: {}, x@2: {}}\n");
  EXPECT_EQ(files.catalog.find_application({"x", ""}).name.text(), "x@2.10");
  EXPECT_EQ(files.catalog.find_application({"x", "2.9"}).name.text(), "x@2.9");
  EXPECT_FALSE(files.catalog.find_application({"x", "3"}));
  EXPECT_FALSE(files.catalog.find_application({"y", ""}));
}

TEST(Catalog, KnowsAnUpstreamFileByItsKeys) {
  Files files;
  ASSERT_TRUE(files.add("configs.yml", "mine: {model_size: 50, colour: red}\n"));
  const auto found = files.catalog.find_presets("mine", {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].application, "tensorflow1_cnns");
  EXPECT_TRUE(found[0].upstream);
}

TEST(Catalog, TakesAnUpstreamFileForTheApplicationThatWasNamed) {
  Files files;
  ASSERT_TRUE(files.add("configs.yml", "mine: {colour: red}\n", "somebody@1"));
  EXPECT_EQ(files.catalog.find_presets("mine", {}).at(0).application, "somebody@1");
  EXPECT_TRUE(files.catalog.find_presets("mine", {"somebody", "2"}).empty());
}

TEST(Catalog, TakesAFileOfCommentsForNothing) {
  Files files;
  EXPECT_TRUE(files.add("a.yml", "# nothing\n"));
  EXPECT_TRUE(files.add("b.yml", ""));
  EXPECT_EQ(files.said(), "");
}

TEST(Catalog, RefusesKeysThatDoNotBelongTogether) {
  Files files;
  EXPECT_FALSE(files.add("a.yml", "sites: {}\nmk2_resnet50: {}\n"));
  EXPECT_EQ(files.said(),
            "a.yml:2:1: error[Y004]: 'mk2_resnet50' is no top-level key of ipucnn's files\n"
            "    mk2_resnet50: {}\n"
            "    ^~~~~~~~~~~~\n"
            "  note: 'sites' makes this a file of ipucnn's (a.yml:1:1)\n"
            "  help: presets of an application stand under `presets:`, then its name\n");
}

TEST(CatalogExtends, AltersAShippedEntryInPlace) {
  Files files;
  ASSERT_TRUE(
      files.add("a.yml",
                "targets:\n"
                "  pod16: {extends: pod16, instances_per_host: 4, ipu: {tiles: 7}, note: null}\n"
                "sites: {here: {target: ipu-pod16}}\n"));
  const Entry target = find_target(files.catalog, "ipu-pod16");
  EXPECT_EQ(target.body.find_int("ipus"), 16);
  EXPECT_EQ(target.body.find_int("instances_per_host"), 4);
  EXPECT_EQ(target.body.find("ipu").find_int("tiles"), 7);
  EXPECT_EQ(target.body.find("ipu").find_text("name"), "GC200");
  EXPECT_EQ(target.body.find("instances_per_host").at().line, 2U);
}

TEST(CatalogExtends, LaysMappingsOverEachOtherAndReplacesLists) {
  Files files;
  ASSERT_TRUE(files.add("a.yml",
                        "profiles:\n"
                        "  a: {env: {A: 1, B: 2}, forward: [A, B], mca: {x: y}}\n"
                        "  b: {extends: a, env: {B: 3, A: null}, forward: [C]}\n"
                        "  c: {extends: b, mca: null, python: python}\n"));
  const Node c = files.catalog.find(Section::Profiles, "c").body;
  EXPECT_EQ(c.find("env").size(), 1U);
  EXPECT_EQ(c.find("env").find_text("B"), "3");
  EXPECT_EQ(c.find("forward").size(), 1U);
  EXPECT_FALSE(c.find("mca"));
  EXPECT_EQ(c.find_text("python"), "python");
}

TEST(CatalogExtends, MeansTheFilesBeforeByItsOwnName) {
  Files files;
  ASSERT_TRUE(files.add("a.yml", "sites: {s: {target: pod16, data_dir: /a}}\n"));
  ASSERT_TRUE(files.add("b.yml", "sites: {s: {extends: s, data_dir: /b}}\n"));
  ASSERT_TRUE(files.add("c.yml", "sites: {s: {extends: s, workspace: /c}}\n"));
  const Node site = files.catalog.find(Section::Sites, "s").body;
  EXPECT_EQ(site.find_text("target"), "pod16");
  EXPECT_EQ(site.find_text("data_dir"), "/b");
  EXPECT_EQ(site.find_text("workspace"), "/c");
}

TEST(CatalogExtends, ReportsRingsAndNamesThatAreNotThere) {
  Files files;
  ASSERT_TRUE(files.add("a.yml",
                        "jobs:\n"
                        "  a: {extends: b}\n"
                        "  b: {extends: a}\n"
                        "  c: {extends: nosuch}\n"
                        "  d: {extends: d}\n"));
  for (const char* name : {"a", "c", "d"}) {
    const Entry entry = files.catalog.find(Section::Jobs, name);
    EXPECT_FALSE(files.catalog.whole(Section::Jobs, entry, files.findings));
  }
  ASSERT_EQ(files.findings.all().size(), 3U);
  for (const Diagnostic& d : files.findings.all()) EXPECT_EQ(d.id, FindingId::K017);
}

TEST(CatalogExtends, TakesAChainOfThousands) {
  Files files;
  constexpr int kLinks = 3000;
  std::string text = "targets:\n  t0: {ipus: 16}\n";
  for (int i = 1; i <= kLinks; ++i)
    text += fmt::format("  t{}: {{extends: t{}, ilds: 1}}\n", i, i - 1);
  ASSERT_TRUE(files.add("a.yml", text));
  EXPECT_EQ(files.catalog.find(Section::Targets, fmt::format("t{}", kLinks)).body.find_int("ipus"),
            16);
  std::size_t whole = 0;
  for (const Entry& entry : files.catalog.entries(Section::Targets))
    whole += entry.body.find_int("ipus") == 16 ? 1U : 0U;
  EXPECT_GT(whole, 3000U);
}

TEST(FileSchema, HoldsForTheFilesThatAreBuiltIn) {
  Files files;
  EXPECT_GT(files.catalog.names(Section::Jobs).size(), 20U);  // some are unpacked for that
  for (const Catalog::File& file : files.catalog.files()) {
    EXPECT_NE(root(file.tree).size(), 0U);
    EXPECT_TRUE(check_file_schema(files.catalog, file.tree, files.findings));
    check_entries(files.catalog, file.tree.source, files.findings);
  }
  EXPECT_EQ(files.said(), "");
}

TEST(FileSchema, TakesOneWordOrSeveralForAProgram) {
  Files files;
  ASSERT_TRUE(files.add(
      "a.yml", "sites: {s: {programs: {poprun: /p, python3: [nice, /venv/bin/python3]}}}\n"));
  EXPECT_TRUE(check_file_schema(files.catalog, files.catalog.files().back().tree, files.findings));
  EXPECT_EQ(files.said(), "");
}

TEST(FileSchema, KnowsDurations) {
  EXPECT_EQ(parse_duration("90"), 90);
  EXPECT_EQ(parse_duration("90s"), 90);
  EXPECT_EQ(parse_duration("15m"), 900);
  EXPECT_EQ(parse_duration("1h30m"), 5400);
  for (const char* wrong : {"", "m", "1h30", "30m1h", "-1", "1d", "1.5h", "1 h", "9999999999"})
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
}

TEST(FileSchema, KnowsTheLaunchersThatThereAre) {
  for (const std::string_view shape : {"target", "launch"})
    for (const std::string_view launcher : find_field(shape, "launcher")->words())
      EXPECT_TRUE(launcher == "none" ||
                  std::any_of(std::begin(resolving::kLaunchWords),
                              std::end(resolving::kLaunchWords),
                              [&](const auto& word) { return word.launcher == launcher; }))
          << launcher;
}

TEST(AppId, IsANameAndPerhapsARelease) {
  EXPECT_EQ(parse_app_id("a@1.2").name, "a");
  EXPECT_EQ(parse_app_id("a@1.2").release, "1.2");
  EXPECT_EQ(parse_app_id("a").release, "");
}

}  // namespace
}  // namespace ipucnn
