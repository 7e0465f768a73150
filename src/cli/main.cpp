#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "cli/app.h"

// CLI11 and yaml-cpp include <iostream>, whose streams cost a dry run a twelfth of its instructions
// to set up. Nothing here uses them, so the linker puts these in the place of their set-up; nor the
// wide characters of the locale that CLI11 asks for blanks, which cost half as much again.
extern "C" {
// NOLINTBEGIN: the linker makes these names
void __wrap__ZNSt8ios_base4InitC1Ev(void*) {}
void __wrap__ZNSt8ios_base4InitD1Ev(void*) {}
void __wrap__ZNSt5ctypeIwE19_M_initialize_ctypeEv(void*) {}
// NOLINTEND
}

// The library's own would name the exception, and brings 45 kB that take C++ names to pieces.
namespace __gnu_cxx {                 // NOLINT: the library's name
void __verbose_terminate_handler() {  // NOLINT
  constexpr std::string_view kMessage = "ipucnn: ended by a fault of its own\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
  std::abort();
}
}  // namespace __gnu_cxx

namespace {

/// The whole pages from one address on, up to the one that another stands in, where they are the
/// few that they are when both are of one heap.
void take(std::uintptr_t from, std::uintptr_t to) {
  constexpr std::uintptr_t kPage = 4096;
  constexpr std::uintptr_t kMost = 64 * kPage;
  from = (from + kPage - 1) / kPage * kPage;
  if (from < to && to - from <= kMost)
    ::madvise(reinterpret_cast<void*>(from), to - from, MADV_POPULATE_WRITE);  // NOLINT
}

/// A start writes to each page of the heap that is there already, and to some 30 KB of stack. Asked
/// for in one call they cost less than a fault for each; a kernel that cannot do that leaves it.
void take_memory() {
  constexpr std::uintptr_t kStack = 28 * 1024;
  const std::unique_ptr<char, void (*)(void*)> heap(static_cast<char*>(std::malloc(1)), std::free);
  take(reinterpret_cast<std::uintptr_t>(heap.get()), reinterpret_cast<std::uintptr_t>(::sbrk(0)));
  const auto stack = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  take(stack - kStack, stack);
}

}  // namespace

int main(int argc, char** argv) {
  take_memory();
  return ipucnn::cli::run_process(argc, argv);
}
