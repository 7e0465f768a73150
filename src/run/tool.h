#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ipucnn::running {

/// What a small program came to.
struct ToolAnswer {
  int status = 0;  ///< its exit status; 128 and the signal's number when one killed it
  std::string out;
  std::string err;

  bool good() const { return status == 0; }
  /// Its first line on standard error that says something, for a message.
  std::string complaint() const;
};

/// Runs it to its end with the environment and folder of ours, `without` some variables (see
/// ProcessSpec). Absent when there is no such program on PATH, when it took too long and was
/// killed, or when it says more than can be kept.
std::optional<ToolAnswer> ask_tool(const std::vector<std::string>& words,
                                   std::chrono::milliseconds longest,
                                   const std::vector<std::string>& without = {});

/// Begins one whose output goes on for long; its standard error is not kept. Its number; absent
/// when it could not be started.
std::optional<pid_t> start_tool(const std::vector<std::string>& words, int out);

}  // namespace ipucnn::running
