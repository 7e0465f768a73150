#include "measure/csv_table.h"

#include <optional>

namespace ipucnn::measuring {
namespace {

/// The fields of a line; absent where a quote does not end.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"')
      fields.back() += line[++i];
    else if (c == '"' && (quoted || fields.back().empty()))
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  if (quoted) return std::nullopt;
  return fields;
}

}  // namespace

CsvTable read_csv(std::string_view text) {
  CsvTable table;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) {
      table.torn_line = number;
      break;
    }
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    auto fields = fields_of(line);
    if (fields && (number == 1 || *fields == table.columns)) {
      table.columns = std::move(*fields);
      table.starts.push_back(table.rows.size());
    } else if (!fields || fields->size() != table.columns.size()) {
      table.bad_lines.push_back(number);
    } else {
      table.rows.push_back({number, std::move(*fields)});
    }
  }
  return table;
}

}  // namespace ipucnn::measuring
