#include "base/suggest.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ipucnn {
namespace {

using Names = std::vector<std::string_view>;

TEST(Suggestion, NamesTheNearestFirst) {
  EXPECT_EQ(suggestion("pod46", {"pod256", "pod64", "m2000"}), "did you mean 'pod64' or 'pod256'?");
}

TEST(Suggestion, CountsSwappedNeighboursAsOneEdit) {
  EXPECT_EQ(nearest_names("tarin", {"train", "trains"}, 1), std::vector<std::string>{"train"});
}

TEST(Suggestion, TakesHyphensAndUnderscoresAndCaseForTheSame) {
  EXPECT_EQ(suggestion("Batch_Size", {"--x", "batch-size"}), "did you mean 'batch-size'?");
}

TEST(Suggestion, FindsAPartOfALongName) {
  EXPECT_EQ(suggestion("mlperf", {"mk2_resnet50_mlperf_pod16", "mk2_resnet50_base"}),
            "did you mean 'mk2_resnet50_mlperf_pod16'?");
}

TEST(Suggestion, ListsAFewNamesWhenNoneIsNear) {
  EXPECT_EQ(suggestion("zebra", {"run", "show", "check"}), "there is 'run', 'show' and 'check'");
}

TEST(Suggestion, IsEmptyWhenNoneIsNearAndThereAreMany) {
  EXPECT_EQ(suggestion("zebra", Names(13, "something")), "");
  EXPECT_EQ(suggestion("zebra", {}), "");
}

TEST(Suggestion, NamesNothingShortForAnythingShort) {
  EXPECT_EQ(nearest_names("lr", {"N", "bs", "fp16"}), std::vector<std::string>{});
  EXPECT_EQ(nearest_names("--lr", {"-N", "-b", "--run"}), std::vector<std::string>{});
  EXPECT_EQ(nearest_names("pod", {"pod16", "bow16"}), std::vector<std::string>{"pod16"});
  EXPECT_EQ(nearest_names("n", {"N", "b"}), std::vector<std::string>{"N"});
}

TEST(Suggestion, NamesEachOnce) {
  EXPECT_EQ(suggestion("epoch", {"epochs", "epochs"}), "did you mean 'epochs'?");
}

TEST(NearestNames, KnowTheLastWordsOfALongNameButForASlip) {
  const std::vector<std::string_view> names = {"vipu_partition", "reset_partition", "hosts",
                                               "network"};
  for (const char* typed : {"partion", "partiton"})
    EXPECT_EQ(nearest_names(typed, names),
              (std::vector<std::string>{"vipu_partition", "reset_partition"}));
  EXPECT_EQ(nearest_names("host", names, 1), std::vector<std::string>{"hosts"});
}

}  // namespace
}  // namespace ipucnn
