#pragma once

#include "base/packed_text.h"

namespace ipucnn::view {

/// docs/checks.md, compiled in.
PackedText checks_document();

}  // namespace ipucnn::view
