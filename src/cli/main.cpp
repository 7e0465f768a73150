#include <unistd.h>

#include <cstdlib>
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

int main(int argc, char** argv) { return ipucnn::cli::run_process(argc, argv); }
