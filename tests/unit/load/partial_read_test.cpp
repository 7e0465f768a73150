#include "load/partial_read.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ipucnn/tree.h"

namespace ipucnn {
namespace {

/// Presets that nobody asks for, so that a file is large.
std::string filler(std::string_view name) {
  std::string text;
  for (int i = 0; text.size() < load::kLargeFile; ++i)
    text += std::string(name) + std::to_string(i) + ":\n  model: resnet\n  batch_size: 4\n";
  return text;
}

struct Loaded {
  Sources sources;
  Diagnostics findings;
  std::unique_ptr<Document> document;

  Loaded(std::string text, std::string_view only) {
    const SourceId source = sources.add("big.yml", std::move(text));
    document = load_yaml(sources, source, findings, only);
  }
  Node top() const { return document == nullptr ? Node{} : root(document->tree); }
};

/// Everything that can be asked of a node and what is below it.
std::string image(Node node) {
  const Span at = node.at();
  std::string out = std::to_string(at.line) + ":" + std::to_string(at.column) + "+" +
                    std::to_string(at.length) + " " + std::string(node.text());
  if (node.is_list() || node.is_map())
    for (const Node child : node) out += " [" + image(child) + "]";
  return out;
}

std::string file() {
  const std::string base =
      "---\n# presets\nbase: &base\n  model: resnet\n  deep: &deep {epochs: 3}\n"
      "  splits:\n  -\nother:\n  splits:\n  - x\n";
  return base + filler("a") + "wanted:\n  <<: *base\n  more: \"two\\n\"\n  list: [1,\n    2]\n\n" +
         filler("b") + "user: {<<: *deep}\nlast: {model: x}\n";
}

TEST(PartialText, HoldTheEntryAndWhatItRefersToAsTheWholeFileDoes) {
  const Loaded whole(file(), {});
  for (const std::string_view key : {"wanted", "base", "user", "last", "a7", "b7"}) {
    const Loaded part(file(), key);
    ASSERT_TRUE(part.document != nullptr && part.document->is_part) << key;
    EXPECT_EQ(image(part.top().find(key)), image(whole.top().find(key)));
    EXPECT_LT(part.top().size(), 4U) << key;
  }
  EXPECT_EQ(image(Loaded(file(), "wanted").top().find("base")), image(whole.top().find("base")));
  EXPECT_FALSE(Loaded(file(), "last").top().find("base"));
}

TEST(PartialText, AreNotMadeOfASmallFileOrForAKeyThatIsNotThere) {
  EXPECT_FALSE(Loaded("a: 1\nb: 2\n", "a").document->is_part);
  EXPECT_FALSE(Loaded(file(), "nobody").document->is_part);
  EXPECT_FALSE(Loaded(file(), "").document->is_part);
  EXPECT_FALSE(Loaded(file() + "late: {name: \xC3\xB6}\n", "a7").document->is_part);
  EXPECT_FALSE(Loaded(file() + "\"quoted\": 1\n", "a7").document->is_part);
}

TEST(PartialText, AreNotMadeOfAnEntryThatExtendsAnother) {
  const Loaded loaded(file() + "mine: {extends: a7}\n", "mine");
  EXPECT_FALSE(loaded.document->is_part);
  EXPECT_TRUE(loaded.top().find("a7"));
}

TEST(PartialText, KeepEveryEntryOfOneName) {
  const Loaded loaded(file() + "a7: {model: y}\n", "a7");
  EXPECT_TRUE(loaded.document->is_part);
  EXPECT_EQ(loaded.top().size(), 2U);
  EXPECT_EQ(loaded.top().find("a7").find_text("model"), "y");
}

TEST(PartialText, LetNoFaultOfTheRestPass) {
  for (const std::string_view fault :
       {"x: [1\n", "x: &base 1\n", "x: *none\n", "x: \"\n", "\tx: 1\n"}) {
    const Loaded loaded(file() + std::string(fault), "wanted");
    EXPECT_EQ(loaded.document, nullptr) << fault;
    EXPECT_TRUE(loaded.findings.has_errors()) << fault;
  }
}

}  // namespace
}  // namespace ipucnn
