#pragma once

#include <string>

#include "ipucnn/render.h"

namespace ipucnn::rendering {

#define RENDERER(name) std::string render_##name(const FindingReport& report);
#include "render/renderers.def"
#undef RENDERER

/// First and last column of a place in characters, the last one behind it; bytes are what a Span
/// counts.
struct CharacterColumns {
  std::size_t first = 1;
  std::size_t behind = 1;
};
CharacterColumns character_columns(const Sources& sources, Span at);

/// Whether the place is in a file that a tool can open: not on the command line, not built in.
bool in_a_file(const Sources& sources, Span at);

/// The name of a place's file, as the report's readers know it.
std::string file_name(const FindingReport& report, Span at);

/// "file.yml:3:7: ", columns in bytes; empty for a finding without a place.
std::string place_text(const Diagnostic& finding, const Sources& sources);

/// A note and, behind it, its place.
std::string note_text(const Note& note, const Sources& sources);

/// Message, notes and help as plain lines.
std::string plain_text(const Diagnostic& finding, const Sources& sources);

}  // namespace ipucnn::rendering
