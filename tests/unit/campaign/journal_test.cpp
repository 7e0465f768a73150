#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ipucnn/campaign.h"

namespace ipucnn {
namespace {

constexpr std::string_view kLines =
    R"({"schema":"ipucnn.journal/1","opened":{"host":"h","boot_id":"b","pid":7,"start_time":"9"},"name":"n"}
{"item":"a","state":"begun","name":"first"}
{"item":"a","state":"running","run":"/r/1"}
{"item":"a","state":"ended","end":"done"}
{"item":"b","state":"begun"}
{"item":"b","state":"running","run":"/r/2"}
)";

TEST(ReadJournal, TellsWhatHasBecomeOfEachItem) {
  const JournalState state = read_journal(kLines);
  EXPECT_EQ(state.name, "n");
  EXPECT_EQ(state.unread, 0U);
  ASSERT_TRUE(state.owner);
  EXPECT_EQ(state.owner->pid, 7);
  EXPECT_TRUE(state.items.at("a").is_done());
  EXPECT_EQ(state.items.at("b").state, ItemRecord::State::Running);
  EXPECT_EQ(state.items.at("b").run, "/r/2");
}

TEST(ReadJournal, IsTheSameOfEveryPrefixUpToItsLastWholeLine) {
  for (std::size_t size = 0; size <= kLines.size(); ++size) {
    const std::string_view prefix = kLines.substr(0, size);
    const std::size_t end = prefix.rfind('\n');
    const auto whole = read_journal(prefix.substr(0, end == prefix.npos ? 0 : end + 1));
    const auto torn = read_journal(prefix);
    ASSERT_EQ(torn.items.size(), whole.items.size()) << size;
    for (const auto& [id, item] : whole.items) {
      EXPECT_EQ(torn.items.at(id).state, item.state) << size;
      EXPECT_EQ(torn.items.at(id).run, item.run) << size;
    }
  }
}

TEST(ReadJournal, PassesOverATornLineInTheMiddle) {
  std::string text(kLines);
  text +=
      "{\"item\":\"b\",\"state\":\"en\n{\"item\":\"b\",\"state\":\"ended\",\"end\":\"failed\"}\n";
  const JournalState state = read_journal(text);
  EXPECT_EQ(state.unread, 1U);
  EXPECT_EQ(state.items.at("b").end, "failed");
  EXPECT_FALSE(state.items.at("b").is_done());
}

class JournalFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "journal-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::optional<Journal> open(std::string& error) const {
    return Journal::open(folder_, "n", Writer{host_name(), boot_id(), ::getpid(), "1"}, "now",
                         error);
  }

  std::string folder_;
};

TEST_F(JournalFile, GoesOnBehindATornLine) {
  std::ofstream(folder_ + "/journal.jsonl") << kLines << "{\"item\":\"b\",\"sta";
  std::string error;
  {
    auto journal = open(error);
    ASSERT_TRUE(journal) << error;
    EXPECT_TRUE(journal->find("a")->is_done());
    EXPECT_TRUE(journal->begun({0, 1, "c"}, "third", "now", error));
  }
  const auto journal = open(error);
  ASSERT_TRUE(journal) << error;
  ASSERT_NE(journal->find("c"), nullptr);
  EXPECT_EQ(journal->find("c")->state, ItemRecord::State::Begun);
  EXPECT_EQ(journal->state().unread, 1U);
}

TEST_F(JournalFile, HasAllThatIsHandedOverAtOnce) {
  std::string error;
  {
    auto journal = open(error);
    ASSERT_TRUE(journal) << error;
    const JointStart start{"/r/array-1",
                           "ipucnn:r/array-1",
                           {{{0, 1, "c"}, "third", "/r/3"}, {{1, 1, "d"}, "x", "/r/4"}}};
    ASSERT_TRUE(journal->together(start, "now", error)) << error;
    EXPECT_EQ(journal->find("d")->run, "/r/4");
  }
  const auto journal = open(error);
  ASSERT_TRUE(journal) << error;
  for (const char* id : {"c", "d"}) {
    ASSERT_NE(journal->find(id), nullptr);
    EXPECT_EQ(journal->find(id)->state, ItemRecord::State::Running);
    EXPECT_EQ(journal->find(id)->starts, 1);
  }
  EXPECT_EQ(journal->find("c")->run, "/r/3");
}

TEST_F(JournalFile, IsFoundByItsName) {
  std::string error;
  const std::string inner = folder_ + "/20260101T000000Z-bench-n";
  std::filesystem::create_directory(inner);
  ASSERT_TRUE(Journal::open(inner, "n", Writer{}, "now", error)) << error;
  EXPECT_EQ(newest_campaign(folder_, "n"), inner);
  EXPECT_EQ(newest_campaign(folder_, std::nullopt), inner);
  EXPECT_EQ(newest_campaign(folder_, "m"), std::nullopt);
}

}  // namespace
}  // namespace ipucnn
