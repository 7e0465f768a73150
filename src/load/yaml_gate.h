#pragma once

#include "ipucnn/diagnostic.h"
#include "ipucnn/source.h"

namespace ipucnn::load {

/// Deepest nesting that is read; the scripts' presets have two levels.
inline constexpr int kDeepestNesting = 200;

/// Whether libyaml, which has the grammar of the scripts' own reader, takes the text as one
/// document. Reports the first thing that it refuses, at its place.
bool passes_gate(const Sources& sources, SourceId source, Diagnostics& out);

}  // namespace ipucnn::load
