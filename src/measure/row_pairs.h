#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace ipucnn::measuring {

/// Which line of a log and which row of a file are of the same moment.
struct RowPairs {
  std::size_t first = 0;                                  ///< rows before it are of earlier starts
  std::vector<std::pair<std::size_t, std::size_t>> both;  ///< line and row, both ascending
  std::vector<std::size_t> log_only, file_only;
};

/// Pairs by equal numbers, in order. The rows begin at the one of `starts` (not empty, ascending,
/// from 0 on) that leaves the fewest over; a number that cannot be read is NaN and equals none.
RowPairs pair_rows(const std::vector<double>& log, const std::vector<double>& file,
                   const std::vector<std::size_t>& starts);

}  // namespace ipucnn::measuring
