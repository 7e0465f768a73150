#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipucnn::measuring {

/// A csv file whose header may stand in it again, once for each start that wrote to it.
struct CsvTable {
  struct Row {
    std::size_t line = 0;  ///< in the file, from 1
    std::vector<std::string> cells;
  };
  std::vector<std::string> columns;
  std::vector<Row> rows;               ///< headers are none
  std::vector<std::size_t> starts;     ///< index in rows of the first row behind each header
  std::vector<std::size_t> bad_lines;  ///< lines with other cells than the header has, left out
  std::size_t torn_line = 0;           ///< the last, where it has no end and is left out; 0: none
};

/// As Python's csv writer leaves it: fields with commas or quotes stand in quotes, lines end with
/// LF or CR LF.
CsvTable read_csv(std::string_view text);

}  // namespace ipucnn::measuring
