#include "ipucnn/settings.h"

#include <gtest/gtest.h>

namespace ipucnn {
namespace {

TEST(Settings, AreFoundByNumberAndByName) {
  Settings settings;
  const FactName first("batch_size", 7);
  settings.assign(first, single("4", {}), {OriginKind::Preset, {}, "a"});
  settings.assign(FactName("epochs", 2), single("9", {}), {OriginKind::Preset, {}, "a"});
  ASSERT_NE(settings.find(first), nullptr);
  EXPECT_EQ(settings.find(first), settings.find("batch_size"));
  EXPECT_EQ(settings.find(FactName("seed", 3)), nullptr);
  EXPECT_EQ(settings.find("seed"), nullptr);

  // One that nobody looked up is found by whoever did.
  settings.assign("seed", single("1", {}), {OriginKind::Preset, {}, "a"});
  EXPECT_NE(settings.find(FactName("seed", 3)), nullptr);

  settings.assign(first, single("8", {}), {OriginKind::Site, {}, "b"});
  EXPECT_EQ(settings.find(first)->shadowed.size(), 1U);
  EXPECT_EQ(settings.all().size(), 3U);
}

TEST(Settings, KeepTheirPlacesWhenOneIsTakenOut) {
  Settings settings;
  for (std::uint32_t number = 0; number < 4; ++number)
    settings.assign(FactName("key" + std::to_string(number), number),
                    single(std::to_string(number), {}), {OriginKind::Preset, {}, "a"});
  EXPECT_TRUE(settings.remove("key1"));
  EXPECT_FALSE(settings.remove("key1"));
  EXPECT_EQ(settings.find(FactName("key1", 1)), nullptr);
  for (const std::uint32_t number : {0U, 2U, 3U}) {
    const Setting* set = settings.find(FactName("key" + std::to_string(number), number));
    ASSERT_NE(set, nullptr) << number;
    EXPECT_EQ(value_text(set->value), std::to_string(number));
  }
}

TEST(Settings, OfACopyAreItsOwn) {
  Settings settings;
  const FactName key("epochs", 2);
  settings.assign(key, single("9", {}), {OriginKind::Preset, {}, "a"});
  Settings copy = settings;
  copy.assign(key, single("5", {}), {OriginKind::Site, {}, "b"});
  EXPECT_EQ(value_text(settings.find(key)->value), "9");
  EXPECT_TRUE(settings.find(key)->shadowed.empty());
  EXPECT_EQ(value_text(copy.find(key)->value), "5");
  ASSERT_EQ(copy.find(key)->shadowed.size(), 1U);

  // What others took over stays as it was.
  Settings third;
  EXPECT_TRUE(third.share(copy.shared(key)));
  EXPECT_FALSE(third.share(settings.shared(key)));
  copy.assign(key, single("1", {}), {OriginKind::Job, {}, "c"});
  EXPECT_EQ(value_text(third.find(key)->value), "5");
  third.assign(key, single("2", {}), {OriginKind::Job, {}, "d"});
  EXPECT_EQ(value_text(copy.find(key)->value), "1");
  EXPECT_EQ(third.all().size(), 1U);
  EXPECT_EQ(third.shared("seed"), nullptr);
}

}  // namespace
}  // namespace ipucnn
