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

int main(int argc, char** argv) { return ipucnn::cli::run_process(argc, argv); }
