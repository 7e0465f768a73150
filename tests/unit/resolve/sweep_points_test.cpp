#include <gtest/gtest.h>

#include <string>

#include "ipucnn/resolve.h"
#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

/// "a=1 b=x; a=1 b=y", or what was found.
std::string combinations(std::string text) {
  testing::Loaded file(std::move(text));
  FlatProfile job;
  file.top().each_pair([&](Node key, Node value) { job.entries.push_back({key, value, {}}); });
  std::string out;
  for (const auto& combination : sweep_points(job, file.findings)) {
    if (!out.empty()) out += "; ";
    for (const SweepValue& one : combination)
      out += (out.empty() || out.back() == ' ' ? "" : " ") + std::string(one.key.text()) + "=" +
             std::string(one.value.text());
  }
  return out + testing::text_of(file.findings, file.sources);
}

TEST(Variations, AreASingleEmptyOneWithoutAny) {
  testing::Loaded file("{}");
  EXPECT_EQ(sweep_points({}, file.findings).size(), 1U);
}

TEST(Variations, ChangeTheLastOptionFastest) {
  EXPECT_EQ(combinations("sweep: {a: [1, 2]}\nalternatives: {b: [x, y]}\n"),
            "a=1 b=x; a=1 b=y; a=2 b=x; a=2 b=y");
}

TEST(Variations, NeedListsOfValues) {
  EXPECT_EQ(combinations("sweep: {a: 1}\n"),
            "file.yml:1:12: error[Y005]: a under sweep needs a list of values\n"
            "    sweep: {a: 1}\n"
            "               ^\n");
  EXPECT_EQ(combinations("alternatives: {a: []}\n"),
            "file.yml:1:19: error[Y005]: a under alternatives needs a list of values\n"
            "    alternatives: {a: []}\n"
            "                      ^\n");
}

TEST(Variations, AreAThousandAtMost) {
  const auto sweep = [](int tens) {
    std::string text = "sweep:\n";
    for (const char* key : {"a", "b", "c", "d"})
      if (tens-- > 0) text += std::string("  ") + key + ": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n";
    return text;
  };
  EXPECT_EQ(combinations(sweep(3)).substr(0, 19), "a=0 b=0 c=0; a=0 b=");
  EXPECT_EQ(combinations(sweep(4)),
            "file.yml:5:3: error[K051]: the job stands for more than 1000 runs\n"
            "      d: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
            "      ^\n");
}

}  // namespace
}  // namespace ipucnn
