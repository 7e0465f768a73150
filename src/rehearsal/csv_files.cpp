#include "rehearsal/csv_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <vector>

#include "base/escape.h"
#include "base/text.h"

namespace ipucnn::rehearsing {
namespace {

/// A row as Python's csv writer ends it.
std::string row_of(Node columns, const std::function<std::string(Node, Node)>& cell) {
  std::vector<std::string> cells;
  columns.each_pair([&](Node name, Node text) { cells.push_back(csv_field(cell(name, text))); });
  return join(cells, ",") + "\r\n";
}

}  // namespace

std::string CsvFiles::write(std::string_view part, const std::string& folder,
                            const std::function<std::string(std::string_view)>& fill,
                            const std::function<bool(Node)>& holds) {
  std::string error;
  told_.each_pair([&](Node name, Node told) {
    const Node when = told.find("when");
    if (!error.empty() || told.find_text("row_with") != part || (when && !holds(when))) return;
    const std::string path = (std::filesystem::path(folder) / name.text()).string();
    std::ofstream& file = open_[path];
    const Node columns = told.find("columns");
    if (!file.is_open()) {
      std::error_code code;
      std::filesystem::create_directories(folder, code);
      file.open(path, std::ios::binary | std::ios::app);
      file << row_of(columns, [](Node column, Node) { return std::string(column.text()); });
    }
    file << row_of(columns, [&](Node, Node text) { return fill(text.text()); }) << std::flush;
    if (!file) error = fmt::format("{} cannot be written", path);
  });
  return error;
}

}  // namespace ipucnn::rehearsing
