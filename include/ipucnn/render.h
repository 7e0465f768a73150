#pragma once

#include <string>

#include "ipucnn/diagnostic.h"
#include "ipucnn/source.h"

namespace ipucnn {

struct RenderStyle {
  bool color = false;
  std::size_t width = 80;  ///< columns; a longer source line is cut around what is pointed at
};

/// Findings for people: place, severity, id, message, the source line with a caret, notes, help.
std::string render_text(const Diagnostics& findings, const Sources& sources, RenderStyle style);

/// Findings as JSON, schema ipucnn.findings/1.
std::string render_json(const Diagnostics& findings, const Sources& sources);

}  // namespace ipucnn
