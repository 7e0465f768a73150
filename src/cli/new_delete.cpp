// The memory of the released program: the thread that begins it, which does all but write logs and
// measure, has small blocks of its own. docs/numbers.md says what that spares.
#include <cstddef>
#include <new>

#include "base/small_blocks.h"

namespace {

using ipucnn::SmallBlocks;

constinit SmallBlocks blocks;
constinit thread_local bool is_owner = false;
// What is asked for before this comes from the system.
[[maybe_unused]] const bool kBegun = [] {
  is_owner = true;
  return true;
}();

bool is_small(std::size_t size) { return is_owner && size <= SmallBlocks::kMost; }

// Apart, so that the usual way saves no registers.
[[gnu::noinline]] void* new_memory(std::size_t size) {
  while (true) {
    void* const given = is_small(size) ? blocks.take(size) : SmallBlocks::take_apart(size);
    if (given != nullptr) return given;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

}  // namespace

void* operator new(std::size_t size) {
  void* const kept = is_small(size) ? blocks.take_kept(size) : nullptr;
  return kept != nullptr ? kept : new_memory(size);
}

void operator delete(void* given) noexcept { blocks.give_back(given, is_owner); }
void operator delete(void* given, std::size_t /*size*/) noexcept {
  blocks.give_back(given, is_owner);
}
