#include "ipucnn/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "render/renderers.h"

namespace ipucnn {
namespace {

using Renderer = std::string (*)(const FindingReport&);

constexpr std::pair<std::string_view, Renderer> kRenderers[] = {
#define RENDERER(name) {#name, rendering::render_##name},
#include "render/renderers.def"
#undef RENDERER
};

}  // namespace

std::vector<std::string_view> render_formats() {
  std::vector<std::string_view> names;
  for (const auto& row : kRenderers) names.push_back(row.first);
  return names;
}

std::optional<std::string> render(const FindingReport& report, std::string_view format) {
  for (const auto& [name, function] : kRenderers)
    if (name == format) return function(report);
  return std::nullopt;
}

namespace rendering {

CharacterColumns character_columns(const Sources& sources, Span at) {
  const std::string_view line = sources.line(at);
  const std::size_t first = std::min<std::size_t>(at.column > 0 ? at.column - 1 : 0, line.size());
  const std::size_t behind = std::min<std::size_t>(first + at.length, line.size());
  return {count_characters(line.substr(0, first)) + 1,
          count_characters(line.substr(0, std::max(first, behind))) + 1};
}

bool in_a_file(const Sources& sources, Span at) {
  return at.line > 0 && at.source > kEnvironment && sources.name(at.source).front() != '<';
}

std::string file_name(const FindingReport& report, Span at) {
  const std::string_view name = report.sources.name(at.source);
  return report.path && in_a_file(report.sources, at) ? report.path(name) : std::string(name);
}

std::string place_text(const Diagnostic& finding, const Sources& sources) {
  const Span at = finding.at;
  if (at.line == 0) return {};
  return fmt::format("{}:{}:{}: ", sources.name(at.source), at.line, at.column);
}

std::string note_text(const Note& note, const Sources& sources) {
  if (note.at.line == 0) return note.text;
  return fmt::format("{} ({}:{})", note.text, sources.name(note.at.source), note.at.line);
}

std::string plain_text(const Diagnostic& finding, const Sources& sources) {
  std::string text = finding.message;
  for (const Note& note : finding.notes) text += "\nnote: " + note_text(note, sources);
  if (!finding.help.empty()) text += "\nhelp: " + finding.help;
  if (finding.found_in.size() > 1) text += "\nin: " + join(finding.found_in, ", ");
  return text;
}

}  // namespace rendering
}  // namespace ipucnn
