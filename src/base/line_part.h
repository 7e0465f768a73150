#pragma once

#include <algorithm>
#include <string_view>

#include "ipucnn/source.h"

namespace ipucnn {

/// A line of a source, taken apart at a place in it. A place behind the line's end leaves nothing
/// of it; one that goes on over several lines ends with its first.
struct LinePart {
  std::string_view before;
  std::string_view at;      ///< what the place covers
  std::string_view onward;  ///< from the place's begin to the line's end
};

inline LinePart line_part(const Sources& sources, const Span& place) {
  const std::string_view line = sources.line(place);
  const std::size_t begin = std::min<std::size_t>(place.column - 1, line.size());
  return {line.substr(0, begin), line.substr(begin, place.length), line.substr(begin)};
}

}  // namespace ipucnn
