#pragma once

#include "ipucnn/diagnostic.h"
#include "ipucnn/tree.h"

namespace ipucnn::importing {

/// Reports what is wrong with a manifest of an IPUJob (graphcore.ai/v1alpha1) beside its command;
/// nothing for any other document.
void check_ipujob(Node document, Diagnostics& out);

}  // namespace ipucnn::importing
