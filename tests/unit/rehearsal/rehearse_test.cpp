#include <gtest/gtest.h>

#include <map>

#include "ipucnn/rehearsal.h"

namespace ipucnn {
namespace {

/// What a stand-in says, and the files that it may read.
struct Played {
  std::map<std::string, std::string> files{};
  std::vector<std::string> asked{};
  std::string out{};
  std::string err{};

  int run(const std::vector<std::string>& args) {
    const RehearsalHost host{
        [](std::string_view) { return std::nullopt; },
        [this](const std::string& path, std::string& error) -> std::optional<std::string> {
          asked.push_back(path);
          if (const auto it = files.find(path); it != files.end()) return it->second;
          error = "cannot read " + path;
          return std::nullopt;
        },
        [this](std::string_view text) { out += text; },
        [this](std::string_view text) { err += text; }};
    return rehearse(args, host);
  }
};

constexpr const char* kApp = "tensorflow1_cnns@2.3";

TEST(StandIn, IsToldByTheFirstWordAlone) {
  EXPECT_TRUE(names_stand_in({"rehearsal-app"}));
  EXPECT_TRUE(names_stand_in({"rehearsal-poprun", "x"}));
  EXPECT_TRUE(names_stand_in({"rehearsal-mpirun"}));
  EXPECT_FALSE(names_stand_in({}));
  EXPECT_FALSE(names_stand_in({"rehearsal-mpirunner"}));
  EXPECT_FALSE(names_stand_in({"run", "rehearsal-app"}));
}

TEST(StandIn, OfAScriptNeedsAnApplicationThatIsKnown) {
  Played none;
  EXPECT_EQ(2, none.run({"rehearsal-app", kApp}));
  EXPECT_EQ("rehearsal-app (REHEARSAL): needs an application and a script\n", none.err);
  Played unknown;
  EXPECT_EQ(1, unknown.run({"rehearsal-app", "nothing@1", "/x/train.py"}));
  EXPECT_EQ("train.py (REHEARSAL): error: there is no application 'nothing@1'\n", unknown.err);
  Played unread;
  EXPECT_EQ(1, unread.run({"rehearsal-app", std::string(kApp) + ":/of/mine.yml", "/x/train.py"}));
  EXPECT_EQ(std::vector<std::string>{"/of/mine.yml"}, unread.asked);
  EXPECT_EQ("train.py (REHEARSAL): error: cannot read /of/mine.yml\n", unread.err);
}

TEST(StandIn, RefusesAnOptionThatTheScriptDoesNotHave) {
  Played played;
  EXPECT_EQ(2, played.run({"rehearsal-app", kApp, "/x/train.py", "--batch-sise", "4"}));
  EXPECT_NE(played.err.find("batch-sise"), std::string::npos) << played.err;
  EXPECT_EQ("", played.out);
}

TEST(StandIn, LooksForAConfigurationBesideTheScript) {
  Played unknown;
  EXPECT_EQ(1, unknown.run({"rehearsal-app", kApp, "/x/train.py", "--config", "mine"}));
  EXPECT_EQ(std::vector<std::string>{"/x/configs.yml"}, unknown.asked);
  EXPECT_EQ("train.py (REHEARSAL): error: there is no configuration 'mine'\n", unknown.err);
  Played known;
  known.files["/x/configs.yml"] = "mine:\n  batch_size: many\n";
  EXPECT_EQ(2, known.run({"rehearsal-app", kApp, "/x/train.py", "--config", "mine"}));
  EXPECT_NE(known.err.find("batch"), std::string::npos) << known.err;
}

TEST(StandIn, SaysItsHelp) {
  Played played;
  EXPECT_EQ(0, played.run({"rehearsal-app", kApp, "/x/train.py", "--help"}));
  EXPECT_TRUE(played.out.starts_with("usage: train.py [options]  (REHEARSAL)\n")) << played.out;
}

}  // namespace
}  // namespace ipucnn
