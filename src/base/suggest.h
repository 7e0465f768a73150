#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/diagnostic.h"

namespace ipucnn {

/// The names nearest to what was typed, nearest first, at most `most`; none that is far off.
std::vector<std::string> nearest_names(std::string_view typed,
                                       const std::vector<std::string_view>& names,
                                       std::size_t most = 3);

/// The one name that was meant beyond doubt: it differs in case or hyphens, or by a single slip in
/// a word that is long enough and no digit, and no other name does. Empty when there is none.
std::string_view certain_name(std::string_view typed, const std::vector<std::string_view>& names);

/// Puts it in the place of what was typed; none where nothing is certain.
std::vector<Edit> certain_edit(Span at, std::string_view typed,
                               const std::vector<std::string_view>& names);

/// "did you mean 'a' or 'b'?", or "one of a, b, c" when nothing is near and the list is short.
std::string suggestion(std::string_view typed, const std::vector<std::string_view>& names);

}  // namespace ipucnn
