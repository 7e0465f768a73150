#pragma once

#include "ipucnn/catalog.h"

namespace ipucnn::load {

/// Reports Y004 and is true when a mapping that has no top-level key of ours means one: the name of
/// a section misspelt, or entries that stand where their section should.
bool report_wrong_level(const Catalog& catalog, Node top, Diagnostics& out);

}  // namespace ipucnn::load
