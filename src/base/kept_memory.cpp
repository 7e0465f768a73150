#include "base/kept_memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>

namespace ipucnn {

void keep_freed_memory() {
  constexpr int kMiB = 1024 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, 32 * kMiB);
  ::mallopt(M_TRIM_THRESHOLD, 2047 * kMiB);
#ifdef MADV_HUGEPAGE
  // A page of 4 KiB costs more at its first use than the values in it take to read. The heap gets
  // room for a gigabyte, of which only what is used counts, in pages of 2 MiB where there are any.
  constexpr int kUsualPad = 128 * 1024;
  auto* const begin = static_cast<char*>(::sbrk(0));
  ::mallopt(M_TOP_PAD, 1024 * kMiB);
  // The compiler would leave out what nobody looks at.
  void* volatile grown = std::malloc(std::size_t{2} * kMiB);
  std::free(grown);
  ::mallopt(M_TOP_PAD, kUsualPad);
  auto* const end = static_cast<char*>(::sbrk(0));
  if (end > begin) ::madvise(begin, static_cast<std::size_t>(end - begin), MADV_HUGEPAGE);
#endif
}

}  // namespace ipucnn
