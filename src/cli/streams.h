#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/wrap.h"
#include "ipucnn/display.h"
#include "ipucnn/system_machine.h"

namespace ipucnn::cli {

/// Where the program writes. Results go to `out`, everything else to `err`.
struct Streams : Terminal {
  /// Why something was not written to `out`; empty when all was, or when its reader went away.
  std::function<std::string()> write_error{};
};

/// Into how many columns a result is broken; 0: it is not.
inline std::size_t out_width(const Streams& streams) {
  return streams.out_is_terminal ? streams.width : 0;
}

/// A result. Lines that are for people, `text`, are not wider than a terminal.
inline void print_result(const Streams& streams, std::string_view format, std::string_view text) {
  streams.out(wrapped_lines(text, format == "text" ? out_width(streams) : 0));
}

/// What the program may know of the world, so that tests can set it.
struct World {
  std::function<std::optional<std::string>(std::string_view)> variable;
  std::string self = "ipucnn";  ///< path of this program
  std::string folder = ".";     ///< where files are looked for and runs are kept
  /// A path that counts from that folder; an absolute one is itself.
  std::string below(const std::string& path) const {
    return folder == "." || path.starts_with('/') ? path : folder + "/" + path;
  }
  MachineSource with_machine{};
};

/// Exit statuses (docs/manual.md).
inline constexpr int kDone = 0;
inline constexpr int kFindings = 1;
inline constexpr int kUsage = 2;
inline constexpr int kJobFailed = 3;
inline constexpr int kInterrupted = 130;
inline constexpr int kTerminated = 143;

}  // namespace ipucnn::cli
