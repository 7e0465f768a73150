#include "measure/row_pairs.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ipucnn::measuring {
namespace {

/// Where each number stands.
using Places = std::map<double, std::vector<std::size_t>>;

Places places_of(const std::vector<double>& numbers) {
  Places places;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (!std::isnan(numbers[i])) places[numbers[i]].push_back(i);
  return places;
}

/// The first place of a number from `from` on; the largest number where there is none.
std::size_t next(const Places& places, double number, std::size_t from) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  if (std::isnan(number)) return kNone;
  const auto found = places.find(number);
  if (found == places.end()) return kNone;
  const auto at = std::lower_bound(found->second.begin(), found->second.end(), from);
  return at == found->second.end() ? kNone : *at;
}

RowPairs pair_from(std::size_t first, const std::vector<double>& log,
                   const std::vector<double>& file, const Places& in_log, const Places& in_file) {
  RowPairs pairs;
  pairs.first = first;
  std::size_t line = 0;
  std::size_t row = first;
  while (line < log.size() && row < file.size()) {
    const std::size_t other_row = next(in_file, log[line], row);
    const std::size_t other_line = next(in_log, file[row], line);
    if (other_row == row)
      pairs.both.emplace_back(line++, row++);
    else if (other_line - line <= other_row - row && other_line < log.size())
      pairs.log_only.push_back(line++);
    else if (other_row < file.size())
      pairs.file_only.push_back(row++);
    else {
      pairs.log_only.push_back(line++);
      if (other_line >= log.size()) pairs.file_only.push_back(row++);
    }
  }
  for (; line < log.size(); ++line) pairs.log_only.push_back(line);
  for (; row < file.size(); ++row) pairs.file_only.push_back(row);
  return pairs;
}

}  // namespace

RowPairs pair_rows(const std::vector<double>& log, const std::vector<double>& file,
                   const std::vector<std::size_t>& starts) {
  const Places in_log = places_of(log);
  const Places in_file = places_of(file);
  RowPairs best;
  bool any = false;
  for (auto start = starts.rbegin(); start != starts.rend(); ++start) {
    RowPairs pairs = pair_from(*start, log, file, in_log, in_file);
    const auto left = [](const RowPairs& one) {
      return one.log_only.size() + one.file_only.size();
    };
    if (!any || left(pairs) < left(best)) best = std::move(pairs);
    any = true;
    // More rows than these leave ever more over.
    if (file.size() - *start > 2 * log.size() + 1) break;
  }
  return best;
}

}  // namespace ipucnn::measuring
