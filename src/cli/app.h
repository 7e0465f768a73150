#pragma once

#include <string>
#include <vector>

#include "cli/streams.h"

namespace ipucnn::cli {

/// The whole program: words behind the program's name in, exit status out.
int run(const std::vector<std::string>& args, const Streams& streams, const World& world);

/// run() with the process's own streams, environment, clock and processes.
int run_process(int argc, char** argv);

}  // namespace ipucnn::cli
