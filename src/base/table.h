#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ipucnn {

/// Columns as wide as their widest cell shows in a terminal, two blanks between, numbers to the
/// right.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// Puts all columns from this one on to the right, whatever they hold.
  void right_from(std::size_t column) { right_from_ = column; }
  /// Where a line is wider than `width`, its last cell goes on below itself; 0: on the same line.
  std::string text(std::size_t width = 0) const;
  /// The first ten rows, and how many more the same command lists as JSON.
  std::string first_rows_text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::size_t right_from_ = static_cast<std::size_t>(-1);
};

}  // namespace ipucnn
