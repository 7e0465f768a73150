#include "ipucnn/launcher_spelling.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ipucnn {
namespace {

/// The built-in files and a user's.
class Spellings : public ::testing::Test {
 protected:
  void add(std::string text) {
    ASSERT_TRUE(catalog_.add(sources_, sources_.add("mine.yml", std::move(text)), Layer::Named, {},
                             findings_));
  }
  load::LauncherSpellings of(std::string_view sdk) const { return {catalog_, "poprun", sdk}; }
  std::string name_of(std::string_view option, std::string_view sdk) const {
    return of(sdk).name_of(option);
  }

  Sources sources_;
  Diagnostics findings_;
  Catalog catalog_{sources_};
};

TEST_F(Spellings, GoByTheReleaseOfTheSdk) {
  EXPECT_EQ(name_of("--numa-aware", "2.6"), "--numa-aware");
  EXPECT_EQ(name_of("--numa-aware", "3.0"), "");
  EXPECT_EQ(name_of("--vipu-cluster", "3.1"), "--vipu-cluster");
  EXPECT_EQ(name_of("--vipu-cluster", "3.2"), "--vipu-allocation");
  EXPECT_EQ(name_of("--vipu-allocation", "3.1"), "--vipu-cluster");
  EXPECT_EQ(name_of("--vipu-allocation", "3.10"), "--vipu-allocation");
  EXPECT_EQ(name_of("--num-replicas", "2.0"), "--num-replicas");
  EXPECT_EQ(name_of("-v", "2.0"), "-v");
}

TEST_F(Spellings, SayNothingWithoutAnSdk) {
  EXPECT_EQ(name_of("--numa-aware", ""), "--numa-aware");
  EXPECT_EQ(name_of("--vipu-allocation", ""), "--vipu-allocation");
  EXPECT_EQ(of("").usual("--sync-type", 64), "");
}

TEST_F(Spellings, KnowWhatAnOptionUsuallyHas) {
  EXPECT_EQ(of("2.6").usual("--sync-type", 64), "ST_POD_NATIVE_DEFAULT");
  EXPECT_EQ(of("2.6").usual("--sync-type", 63), "");
  EXPECT_EQ(of("2.5").usual("--sync-type", 64), "");
  EXPECT_EQ(of("2.6").usual("--vipu-cluster", 64), "");
}

TEST_F(Spellings, AreOptionByOptionThoseOfTheLastFile) {
  add("defaults: {launchers: {poprun: {spellings: {\n"
      "  numa-aware: {until: '3.4', after: process-placement},\n"
      "  sync-type: {usual: {value: OTHER}}}}}}\n");
  EXPECT_EQ(name_of("--numa-aware", "3.3"), "--numa-aware");
  EXPECT_EQ(name_of("--numa-aware", "3.4"), "--process-placement");
  EXPECT_EQ(of("1.0").usual("--sync-type", 1), "OTHER");
  EXPECT_EQ(name_of("--vipu-cluster", "3.2"), "--vipu-allocation");
}

TEST_F(Spellings, FollowANameThroughItsReleasesAndEndInARing) {
  add("defaults: {launchers: {poprun: {spellings: {\n"
      "  vipu-allocation: {until: '4.0', after: vipu-partition},\n"
      "  host: {until: '3.0', after: host-subnet},\n"
      "  host-subnet: {until: '3.0', after: host}}}}}\n");
  EXPECT_EQ(name_of("--vipu-cluster", "4.1"), "--vipu-partition");
  EXPECT_EQ(name_of("--host", "3.0"), "");
}

}  // namespace
}  // namespace ipucnn
