#pragma once

#include <string>
#include <vector>

#include "ipucnn/run.h"

namespace ipucnn::running {

/// Our environment with the given variables on top, as NAME=VALUE.
std::vector<std::string> environment_of(const ProcessSpec& spec);

/// For execve, ended by a null; they look at the strings.
std::vector<char*> pointers(std::vector<std::string>& strings);

}  // namespace ipucnn::running
