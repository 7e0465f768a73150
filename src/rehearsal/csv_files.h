#pragma once

#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "ipucnn/tree.h"

namespace ipucnn::rehearsing {

/// The csv files that a script writes its figures to, as its `rehearsal` tells.
class CsvFiles {
 public:
  /// `told`: `csv_files` of the script; may be absent.
  explicit CsvFiles(Node told) : told_(told) {}

  /// Writes a row to each file that has one with a line of this part, behind a header where it is
  /// the first of this process. `fill` puts fields into a text, `holds` judges a condition. Returns
  /// why a file cannot be written, else an empty text.
  std::string write(std::string_view part, const std::string& folder,
                    const std::function<std::string(std::string_view)>& fill,
                    const std::function<bool(Node)>& holds);

 private:
  Node told_;
  std::map<std::string, std::ofstream, std::less<>> open_;
};

}  // namespace ipucnn::rehearsing
