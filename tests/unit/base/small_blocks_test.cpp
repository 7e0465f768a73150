#include "base/small_blocks.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace ipucnn {
namespace {

TEST(SmallBlocks, HoldWhatIsWrittenToThemWhateverTheOthersHold) {
  static SmallBlocks blocks;  // never destroyed, as the program's
  std::mt19937 random(7);
  struct Held {
    unsigned char* at;
    std::size_t size;
    unsigned char sign;
  };
  std::vector<Held> held;
  for (int turn = 0; turn < 20'000; ++turn) {
    if (held.size() > 400 || (random() % 3 == 0 && !held.empty())) {
      std::swap(held[random() % held.size()], held.back());
      const Held last = held.back();
      held.pop_back();
      for (std::size_t i = 0; i < last.size; ++i) ASSERT_EQ(last.at[i], last.sign) << last.size;
      blocks.give_back(last.at, true);
    }
    const std::size_t size = random() % (SmallBlocks::kMost + 500);
    const auto sign = static_cast<unsigned char>(random());
    auto* const at = static_cast<unsigned char*>(
        size <= SmallBlocks::kMost ? blocks.take(size) : SmallBlocks::take_apart(size));
    ASSERT_NE(at, nullptr);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % alignof(std::max_align_t), 0U) << size;
    std::memset(at, sign, size);
    held.push_back({at, size, sign});
  }
  for (const Held& one : held) blocks.give_back(one.at, true);
}

TEST(SmallBlocks, GiveTheNewestOutAgain) {
  static SmallBlocks blocks;  // never destroyed, as the program's
  void* const first = blocks.take(40);
  void* const second = blocks.take(33);
  blocks.give_back(first, true);
  blocks.give_back(second, true);
  EXPECT_EQ(blocks.take(25), second);
  EXPECT_EQ(blocks.take(40), first);
}

TEST(SmallBlocks, GiveOutWhatAnotherThreadGaveBack) {
  static SmallBlocks blocks;  // never destroyed, as the program's
  std::set<void*> seen;
  for (int turn = 0; turn < 200; ++turn) {
    std::vector<void*> given;
    for (std::size_t i = 0; i < 300; ++i) given.push_back(blocks.take(i));
    seen.insert(given.begin(), given.end());
    std::thread half([&] {
      for (std::size_t i = 0; i < given.size(); i += 2) blocks.give_back(given[i], false);
    });
    for (std::size_t i = 1; i < given.size(); i += 2) blocks.give_back(given[i], true);
    half.join();
  }
  // Memory does not grow with the turns: of each of the 20 sizes no more than two turns need.
  EXPECT_LE(seen.size(), 600U);
}

TEST(SmallBlocks, AreNoneForASizeThatNoMemoryHas) {
  EXPECT_EQ(SmallBlocks::take_apart(SIZE_MAX), nullptr);
  EXPECT_EQ(SmallBlocks::take_apart(SIZE_MAX / 2), nullptr);
  SmallBlocks().give_back(nullptr, true);
}

}  // namespace
}  // namespace ipucnn
