#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ipucnn/record.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

class RunFolderTest : public ::testing::Test {
 protected:
  RunFolderTest() {
    std::string pattern = fs::temp_directory_path() / "ipucnn-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~RunFolderTest() override { fs::remove_all(folder_); }

  std::vector<std::string> names(const fs::path& folder) const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder)) out.push_back(entry.path().filename());
    std::sort(out.begin(), out.end());
    return out;
  }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
  std::string error_;
};

using Names = std::vector<std::string>;

TEST_F(RunFolderTest, WritesFilesWholeAndLeavesNoTemporaryOne) {
  const std::string text("one\0two\n", 8);
  ASSERT_TRUE(write_file(folder_ / "a.json", "old and longer than the new text", error_));
  ASSERT_TRUE(write_file(folder_ / "a.json", text, error_)) << error_;
  EXPECT_EQ(content(folder_ / "a.json"), text);
  EXPECT_EQ(names(folder_), Names{"a.json"});
}

TEST_F(RunFolderTest, LeavesNothingBehindWhenAFileCannotBeReplaced) {
  fs::create_directory(folder_ / "taken");
  EXPECT_FALSE(write_file(folder_ / "taken", "x", error_));
  EXPECT_EQ(error_, "cannot rename to " + (folder_ / "taken").string() + ": Is a directory");
  EXPECT_EQ(names(folder_), Names{"taken"});
}

TEST_F(RunFolderTest, SaysWhyAFileCannotBeMade) {
  EXPECT_FALSE(write_file(folder_ / "missing" / "a", "x", error_));
  EXPECT_NE(error_.find(": No such file or directory"), std::string::npos) << error_;
}

TEST_F(RunFolderTest, GivesRunsOfOneSecondDifferentNames) {
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(RunFolder::create(folder_ / "runs", "T", "a", error_)) << error_;
  EXPECT_EQ(names(folder_ / "runs"), (Names{"T-a", "T-a-2", "T-a-3"}));
}

TEST_F(RunFolderTest, MakesAnyNameOnePartOfAPath) {
  ASSERT_TRUE(RunFolder::create(folder_, "T", "../a b/ö", error_));
  EXPECT_EQ(names(folder_), Names{"T-_._a_b___"});
}

TEST_F(RunFolderTest, ShortensALongName) {
  const auto run = RunFolder::create(folder_, "T", std::string(300, 'x'), error_);
  ASSERT_TRUE(run) << error_;
  EXPECT_EQ(fs::path(run->path()).filename().string().size(), 102U);
}

TEST_F(RunFolderTest, SaysWhyAFolderCannotBeMade) {
  std::ofstream(folder_ / "runs") << "a file";
  EXPECT_FALSE(RunFolder::create(folder_ / "runs", "T", "a", error_));
  EXPECT_EQ(error_, "cannot make the folder " + (folder_ / "runs").string() + ": Not a directory");
}

TEST_F(RunFolderTest, HoldsOneFolderForEachTryOfAStep) {
  const auto run = RunFolder::create(folder_, "T", "a", error_);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->try_folder("train", 2, error_), run->path() + "/train/2");
  EXPECT_TRUE(fs::is_directory(run->path() + "/train/2"));
  ASSERT_TRUE(run->write({"plan.json", "{}"}, error_));
  EXPECT_EQ(names(run->path()), (Names{"plan.json", "train"}));
}

TEST_F(RunFolderTest, IsToldThatItsRunIsLost) {
  const auto run = RunFolder::create(folder_, "T", "a", error_);
  ASSERT_TRUE(run);
  RunRecord record;
  record.step = "train";
  record.running = true;
  record.started = "2026-11-21T03:38:00Z";
  ASSERT_TRUE(run->write({"record.json", run_record_json(record)}, error_));
  const std::string place = *run->try_folder("train", 1, error_);
  TryRecord of_try;
  of_try.step = "train";
  ASSERT_TRUE(write_file(place + "/record.json", record_json(of_try), error_));
  std::ofstream(run->path() + "/record.json.tmp-77") << "half";
  ASSERT_TRUE(record_lost(run->path(), "why", "2026-11-21T04:00:00Z", error_)) << error_;
  for (const std::string& path : {run->path(), place}) {
    const std::string text = content(path + "/record.json");
    EXPECT_NE(text.find(R"("state": "lost")"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("reason": "why")"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("ended": "2026-11-21T04:00:00Z")"), std::string::npos) << text;
  }
  EXPECT_EQ(names(run->path()), (Names{"record.json", "train"}));
}

TEST_F(RunFolderTest, SaysHowARunEndedWhateverComesLater) {
  const auto run = RunFolder::create(folder_, "T", "a", error_);
  RunRecord record;
  record.end = Done{};
  record.ended = "2026-11-21T03:38:00Z";
  ASSERT_TRUE(run->write({"record.json", run_record_json(record)}, error_));
  const std::string before = content(run->path() + "/record.json");
  ASSERT_TRUE(record_lost(run->path(), "why", "2026-11-21T04:00:00Z", error_)) << error_;
  EXPECT_EQ(content(run->path() + "/record.json"), before);
  ASSERT_TRUE(run->write({"record.json", "{"}, error_));
  EXPECT_FALSE(record_lost(run->path(), "why", "2026-11-21T04:00:00Z", error_));
}

TEST(RecordJson, HoldsTheFactsOfItsEndAndNoOther) {
  TryRecord record;
  record.step = "train";
  record.started = "2026-11-21T03:38:00Z";
  record.ended = "2026-11-21T03:38:02Z";
  record.seconds = 1.5;
  record.end = Failed{Killed{9}};
  record.started_in = "/work";
  record.variables = {{"A", "$B"}};
  record.phases = {{"compile", 0.5}};
  EXPECT_EQ(record_json(record), R"json({
  "schema": "ipucnn.record/2",
  "of": "try",
  "step": "train",
  "try": 1,
  "label": null,
  "state": "failed",
  "signal": 9,
  "reason": "killed by signal 9 (Killed)",
  "started": "2026-11-21T03:38:00Z",
  "ended": "2026-11-21T03:38:02Z",
  "seconds": 1.5,
  "started_in": "/work",
  "submitted": null,
  "where": null,
  "variables": {
    "A": "$B"
  },
  "proof": null,
  "phases": [
    {
      "name": "compile",
      "began": 0.5
    }
  ],
  "checkpoint": null,
  "messages": []
}
)json");
}

TEST(RecordJson, NamesEveryEnd) {
  const auto facts = [](const End& end) {
    const EndFacts f = facts_of(end);
    return std::string(end_name(end)) + (f.exit_status ? " status" : "") +
           (f.signal ? " signal" : "") + (f.phase ? " phase" : "") + (f.reason ? " reason" : "");
  };
  EXPECT_EQ(facts(Done{}), "done status");
  EXPECT_EQ(facts(Failed{Exited{1}}), "failed status reason");
  EXPECT_EQ(facts(Silent{"x"}), "silent status reason");
  EXPECT_EQ(facts(TimedOut{"compile"}), "timed out phase reason");
  EXPECT_EQ(facts(Interrupted{15}), "interrupted signal reason");
  EXPECT_EQ(facts(NotStarted{"x", false}), "not started reason");
  EXPECT_EQ(facts(Lost{"x"}), "lost reason");
  EXPECT_EQ(facts(Cancelled{}), "cancelled");
  EXPECT_EQ(facts(Preempted{}), "preempted");
}

}  // namespace
}  // namespace ipucnn
