#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ipucnn/launch.h"

namespace ipucnn::cli {

/// Where the program writes. Results go to `out`, everything else to `err`.
struct Streams {
  std::function<void(std::string_view)> out;
  std::function<void(std::string_view)> err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::size_t width = 80;
};

/// What the program may know of the world, so that tests can set it.
struct World {
  std::function<std::optional<std::string>(std::string_view)> variable;
  std::function<std::string()> now;  ///< UTC, 2026-11-21T03:38:00Z
  std::string self = "ipucnn";       ///< path of this program
  std::string folder = ".";          ///< where files are looked for and runs are kept
  Processes* processes = nullptr;
};

/// Exit statuses (docs/manual.md).
inline constexpr int kDone = 0;
inline constexpr int kFindings = 1;
inline constexpr int kUsage = 2;
inline constexpr int kJobFailed = 3;
inline constexpr int kInterrupted = 130;
inline constexpr int kTerminated = 143;

}  // namespace ipucnn::cli
