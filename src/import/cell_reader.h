#pragma once

#include <map>
#include <string>
#include <vector>

#include "import/documents.h"

namespace ipucnn::importing {

/// Reads cells as IPython takes them, one after the other: what `%cd` and `%env` say holds for
/// those behind them.
class CellReader {
 public:
  /// A cell of Python: `!command`, `%%bash` and its like, `%run script.py`, and scripts that
  /// `%%writefile` writes.
  void read(const Located& source);
  /// What a shell is handed.
  void take(const Located& shell);
  std::vector<CommandText> found;

 private:
  bool cell_magic(std::string_view head, const Located& body);
  void statement(const Located& line);
  void enter(const Located& folder);
  void set(const Located& given);
  void run_script(const Located& words);

  std::vector<Located> folders_;              ///< that the cells so far went into, as `cd` lines
  std::map<std::string, Located> variables_;  ///< that they set, as `export` lines
};

}  // namespace ipucnn::importing
