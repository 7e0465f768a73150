#include "ipucnn/catalog.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

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

TEST(AppId, IsANameAndPerhapsARelease) {
  EXPECT_EQ(parse_app_id("a@1.2").name, "a");
  EXPECT_EQ(parse_app_id("a@1.2").release, "1.2");
  EXPECT_EQ(parse_app_id("a").release, "");
}

}  // namespace
}  // namespace ipucnn
