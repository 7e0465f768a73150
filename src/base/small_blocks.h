#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <utility>

namespace ipucnn {

/// Memory in small blocks for one thread, its owner: cut from large pieces, and kept by size when
/// it is given back, the newest on top. Nothing is searched, joined or split, which is most of what
/// a general allocator does where a command makes thousands of values and drops them together. What
/// was once needed for blocks of a size stays with that size, and it is never given to the system.
class SmallBlocks {
 public:
  static constexpr std::size_t kMost = 4088;  ///< bytes of the largest

  /// At least so many bytes, at most kMost, aligned as malloc's are; null where the system gives no
  /// memory. To be called by the owner.
  void* take(std::size_t size) {
    void* const kept = take_kept(size);
    return kept != nullptr ? kept : cut(steps_of(size));
  }
  /// The same of one that is kept; null where none is.
  void* take_kept(std::size_t size) {
    Block*& first = kept_[steps_of(size)];
    if (first == nullptr) return nullptr;
    return &std::exchange(first, first->next)->next;
  }

  /// The same of any size and for any thread, from the system alone.
  static void* take_apart(std::size_t size);

  /// Takes what either gave, from any thread; null is nothing. `by_owner`: whether that is this
  /// one.
  void give_back(void* given, bool by_owner) {
    if (given == nullptr) return;
    Block* const block = block_of(given);
    if (!by_owner || block->steps == 0) [[unlikely]]
      return give_back_apart(block);
    keep(block);
  }

 private:
  /// What is given out begins where `next` stands.
  struct Block {
    std::size_t steps;  ///< its size with this number; 0: apart
    Block* next;        ///< while it is kept
  };
  static constexpr std::size_t kStep = alignof(std::max_align_t);
  static constexpr std::size_t kHeader = offsetof(Block, next);
  static constexpr std::size_t kPiece = std::size_t{64} << 10;

  static std::size_t steps_of(std::size_t size) { return (size + kHeader + kStep - 1) / kStep; }
  static Block* block_of(void* given) {
    return reinterpret_cast<Block*>(static_cast<char*>(given) - kHeader);
  }
  void keep(Block* block) {
    block->next = kept_[block->steps];
    kept_[block->steps] = block;
  }
  void* cut(std::size_t steps);
  void give_back_apart(Block* block);

  std::array<Block*, (kMost + kHeader) / kStep + 1> kept_{};  ///< by their steps
  char* next_ = nullptr;                                      ///< of the piece that is being cut
  char* end_ = nullptr;
  std::atomic<Block*> returned_{nullptr};  ///< by other threads, and not kept yet
};

}  // namespace ipucnn
