#include "measure/text_finder.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace ipucnn::measuring {
namespace {

/// Few letters, so that texts overlap, stand at both ends and hold one another.
std::string made_up(std::mt19937& random, std::size_t longest) {
  constexpr std::string_view kLetters = "ab: s";
  std::string text(random() % longest + 1, ' ');
  for (char& c : text) c = kLetters[random() % kLetters.size()];
  return text;
}

TEST(TextFinder, FindsTheFirstPlaceOfEachText) {
  std::mt19937 random(20);  // NOLINT(cert-msc51-cpp)
  for (int round = 0; round < 2000; ++round) {
    TextFinder finder;
    std::vector<std::string> texts;
    for (std::size_t i = random() % 12 + 1; i > 0; --i) texts.push_back(made_up(random, 24));
    std::vector<std::size_t> numbers;
    numbers.reserve(texts.size());
    for (const std::string& text : texts) numbers.push_back(finder.add(text));
    finder.prepare();
    TextFinder::Found found;
    for (int i = 0; i < 10; ++i) {
      std::string line = made_up(random, 40);
      if (i % 2 == 0) line += texts[random() % texts.size()] + made_up(random, 20);
      finder.find(line, found);
      for (std::size_t t = 0; t < texts.size(); ++t) {
        const std::size_t at = line.find(texts[t]);
        EXPECT_EQ(found.at[numbers[t]], at == line.npos ? TextFinder::kNowhere : at)
            << "'" << texts[t] << "' in '" << line << "'";
      }
      EXPECT_NE(found.at[finder.everywhere()], TextFinder::kNowhere);
      EXPECT_EQ(found.at[finder.nowhere()], TextFinder::kNowhere);
    }
  }
}

}  // namespace
}  // namespace ipucnn::measuring
