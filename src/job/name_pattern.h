#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ipucnn::job {

/// What the holes of a pattern stood for.
using PatternNumbers = std::vector<std::pair<std::string_view, std::int64_t>>;

/// A name whose numbers have names of their own: `stage{group}/unit{unit+1}` fits stage2/unit4 with
/// group 2 and unit 3. Absent when the text does not fit.
std::optional<PatternNumbers> fitting_numbers(std::string_view pattern, std::string_view text);

/// The name with the numbers in its holes; a hole without a number stays.
std::string with_numbers(std::string_view pattern, const PatternNumbers& numbers);

}  // namespace ipucnn::job
