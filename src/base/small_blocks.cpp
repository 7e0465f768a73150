#include "base/small_blocks.h"

#include <cstdint>
#include <cstdlib>

namespace ipucnn {

void* SmallBlocks::take_apart(std::size_t size) {
  if (size > PTRDIFF_MAX - kStep) return nullptr;
  char* const piece = static_cast<char*>(std::malloc(size + kStep));
  if (piece == nullptr) return nullptr;
  char* const given = piece + kStep;
  block_of(given)->steps = 0;
  return given;
}

void SmallBlocks::give_back_apart(Block* block) {
  if (block->steps == 0) {
    std::free(reinterpret_cast<char*>(block) + kHeader - kStep);
    return;
  }
  block->next = returned_.load(std::memory_order_relaxed);
  while (!returned_.compare_exchange_weak(block->next, block, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
}

void* SmallBlocks::cut(std::size_t steps) {
  if (returned_.load(std::memory_order_relaxed) != nullptr) {
    Block* block = returned_.exchange(nullptr, std::memory_order_acquire);
    while (block != nullptr) keep(std::exchange(block, block->next));
    if (void* const kept = take_kept(steps * kStep - kHeader)) return kept;
  }
  const std::size_t size = steps * kStep;
  if (static_cast<std::size_t>(end_ - next_) < size) {
    char* const piece = static_cast<char*>(std::malloc(kPiece));
    if (piece == nullptr) return nullptr;
    // So that what is given out, behind its header, is aligned.
    next_ = piece + kStep - kHeader;
    end_ = piece + kPiece;
  }
  Block* const block = reinterpret_cast<Block*>(next_);
  next_ += size;
  block->steps = steps;
  return &block->next;
}

}  // namespace ipucnn
