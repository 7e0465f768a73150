#pragma once

#include <vector>

#include "import/documents.h"

namespace ipucnn::importing {

/// import_commands of one text that was taken out of a source.
std::vector<ImportedJob> import_text(const Catalog& catalog, const Sources& sources,
                                     SourceId source, const ImportRequest& request,
                                     CommandText text, Diagnostics& out);

}  // namespace ipucnn::importing
