#pragma once

#include <vector>

#include "import/documents.h"

namespace ipucnn::importing {

/// Commands of a Jupyter notebook: `!command` in its cells, cells of `%%bash` and its like, `%run
/// script.py`, scripts that `%%writefile` writes, and what its Markdown cells show. `%cd` and
/// `%env` hold for the cells behind them. Reports a text that is no JSON.
std::vector<CommandText> notebook_commands(const Places& places, Diagnostics& out);

}  // namespace ipucnn::importing
