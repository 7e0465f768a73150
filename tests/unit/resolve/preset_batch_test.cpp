// Batches of built-in presets: the build tool's are those of the flattened preset.
#include "ipucnn/preset_batch.h"

#include <gtest/gtest.h>

#include <map>

#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

class PresetBatch : public ::testing::Test {
 protected:
  std::optional<std::int64_t> flattened(const PresetRef& preset, const AppSchema& schema) {
    const auto flat = flatten(catalog_, preset, findings_);
    return preset_batch([&](QuantityName name) -> const Binding& { return schema.binding(name); },
                        [&](std::string_view key) {
                          const PresetEntry* set = flat->find(key);
                          return set == nullptr ? Node() : set->value;
                        });
  }

  Sources sources_;
  Catalog catalog_{sources_};
  Diagnostics findings_;
};

TEST_F(PresetBatch, IsThatOfTheFlattenedPreset) {
  std::size_t count = 0;
  for (const Entry& entry : catalog_.entries(Section::Applications)) {
    const auto schema = AppSchema::load(catalog_, entry, findings_);
    ASSERT_TRUE(schema);
    for (const PresetRef& preset : catalog_.presets(parse_app_id(entry.name.text()))) {
      SCOPED_TRACE(testing::Message() << preset.application << ":" << preset.name.text());
      const auto* known = built_in_batch(catalog_, entry, preset.body);
      ASSERT_NE(known, nullptr);
      EXPECT_EQ(*known, flattened(preset, *schema));
      ++count;
    }
  }
  EXPECT_GT(count, 300U);
}

TEST_F(PresetBatch, IsTheOneThatTheReleaseHas) {
  std::map<std::string_view, std::optional<std::int64_t>> by_release;
  for (const std::string_view id : {"pytorch_cnns@2.6", "pytorch_cnns@3.0"}) {
    const Entry application = catalog_.find_application(parse_app_id(id));
    const auto found = catalog_.find_presets("efficientnet-b4-g16-gn-pod16", parse_app_id(id));
    ASSERT_EQ(found.size(), 1U);
    const auto* known = built_in_batch(catalog_, application, found.front().body);
    ASSERT_NE(known, nullptr);
    by_release[id] = *known;
  }
  EXPECT_EQ(by_release["pytorch_cnns@2.6"], 768);
  EXPECT_EQ(by_release["pytorch_cnns@3.0"], 2048);
}

TEST_F(PresetBatch, IsWorkedOutAnewForWhatAFileOfTheUsersChanges) {
  const SourceId source = sources_.add("a.yml",
                                       "applications:\n"
                                       "  tensorflow1_cnns@2.3:\n"
                                       "    extends: tensorflow1_cnns@2.3\n"
                                       "    quantities: {replicas: epochs}\n"
                                       "presets:\n"
                                       "  tensorflow1_cnns@2.4:\n"
                                       "    mk2_resnet50_gn_16ipus: {batch_size: 1}\n");
  const AppId changed = parse_app_id("tensorflow1_cnns@2.3");
  const AppId other = parse_app_id("tensorflow1_cnns@2.4");
  const Node before = catalog_.find_presets("mk2_resnet50_gn_16ipus", changed).front().body;
  EXPECT_NE(built_in_batch(catalog_, catalog_.find_application(changed), before), nullptr);
  ASSERT_TRUE(catalog_.add(sources_, source, Layer::Named, {}, findings_));
  EXPECT_EQ(built_in_batch(catalog_, catalog_.find_application(changed), before), nullptr);
  const auto own = catalog_.find_presets("mk2_resnet50_gn_16ipus", other);
  EXPECT_EQ(built_in_batch(catalog_, catalog_.find_application(other), own.back().body), nullptr);
}

}  // namespace
}  // namespace ipucnn
