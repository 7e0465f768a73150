#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "import/located.h"

namespace ipucnn::importing {

/// One line of a text without its end.
struct Line {
  std::string_view text;
  std::size_t begin = 0;
};

inline std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t at = behind_mark(text); at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back({text.substr(at, end - at), at});
    at = end + 1;
  }
  return lines;
}

}  // namespace ipucnn::importing
