#include "base/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/terminal_width.h"
#include "base/wrap.h"

namespace ipucnn {
namespace {

bool is_number(const std::string& cell) {
  return cell.empty() || cell == "-" || cell.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

std::string Table::text(std::size_t width) const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> numeric(columns, true);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], terminal_columns(rows_[r][c]));
      if (r > 0 && c < right_from_ && !is_number(rows_[r][c])) numeric[c] = false;
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < columns; ++c) {
      if (c > 0) line += "  ";
      const bool wraps = width > 0 && c + 1 == columns && !numeric[c];
      if (wraps)
        line += wrapped(row[c], terminal_columns(line), width);
      else
        append_padded(line, row[c], widths[c], numeric[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string Table::first_rows_text() const {
  constexpr std::size_t kMost = 10;
  if (rows_.size() <= kMost + 1) return text();
  Table first(rows_.front());
  for (std::size_t r = 1; r <= kMost; ++r) first.add(rows_[r]);
  return first.text() + fmt::format("{} more; --format json lists all\n", rows_.size() - 1 - kMost);
}

}  // namespace ipucnn
