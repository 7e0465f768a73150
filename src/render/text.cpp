#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/edits.h"
#include "base/terminal_width.h"
#include "base/wrap.h"
#include "render/renderers.h"

namespace ipucnn {
namespace {

constexpr std::string_view kIndent = "    ";

class TextRenderer {
 public:
  TextRenderer(const Sources& sources, RenderStyle style) : sources_(sources), style_(style) {}

  std::string run(const Diagnostics& findings) {
    for (const Diagnostic* d : findings.sorted()) finding(*d);
    return std::move(out_);
  }

 private:
  std::string_view paint(std::string_view code) const { return style_.color ? code : ""; }

  std::string_view color_of(Severity severity) const {
    switch (severity) {
      case Severity::Error:
        return paint("\033[1;31m");
      case Severity::Warning:
        return paint("\033[1;33m");
      case Severity::Note:
        break;
    }
    return paint("\033[1;36m");
  }

  void finding(const Diagnostic& d) {
    if (d.at.line > 0)
      out_ += fmt::format("{}{}{}: ", paint("\033[1m"), place(d.at), paint("\033[0m"));
    out_ += fmt::format("{}{}[{}]:{} {}\n", color_of(d.severity), severity_name(d.severity),
                        finding_info(d.id).id, paint("\033[0m"), printable(d.message));
    excerpt(d.at, color_of(d.severity));
    for (const Note& note : d.notes) {
      out_ +=
          fmt::format("  {}note:{} {}", paint("\033[1m"), paint("\033[0m"), printable(note.text));
      if (note.at.line > 0) out_ += fmt::format(" ({})", place(note.at));
      out_ += '\n';
    }
    if (d.found_in.size() > 1) paragraph("in", join(d.found_in, ", "));
    if (!d.help.empty())
      paragraph("help", edits_of(d, sources_).empty() || !rendering::in_a_file(sources_, d.at)
                            ? d.help
                            : d.help + " (`ipucnn check --fix` does it)");
  }

  void paragraph(std::string_view head, std::string_view text) {
    out_ += fmt::format("  {}{}:{} {}\n", paint("\033[1m"), head, paint("\033[0m"),
                        wrapped(printable(text), head.size() + 4, style_.width));
  }

  std::string place(Span at) const {
    return fmt::format("{}:{}:{}", printable(sources_.name(at.source)), at.line, at.column);
  }

  /// The source line and a caret under the span; a long line is cut on both sides.
  void excerpt(Span at, std::string_view color) {
    const std::string_view line = sources_.line(at);
    if (at.line == 0 || line.empty() || at.column == 0 || at.column > line.size() + 1) return;
    std::size_t begin = 0;
    std::size_t end = line.size();
    const std::size_t room = style_.width - kIndent.size();
    const std::size_t caret_end = std::min<std::size_t>(line.size(), at.column - 1 + at.length);
    if (line.size() > room) {
      constexpr std::size_t kDots = 3;
      const std::size_t text_room = room - 2 * kDots;
      const std::size_t middle = (at.column - 1 + caret_end) / 2;
      begin = middle > text_room / 2 ? middle - text_room / 2 : 0;
      begin = std::min<std::size_t>(begin, at.column - 1);
      begin = std::min(begin, line.size() - text_room);
      end = begin + text_room;
      while (begin > 0 && is_continuation(line[begin])) --begin;
      while (end < line.size() && is_continuation(line[end])) ++end;
    }
    const std::string_view before = begin > 0 ? "..." : "";
    out_ += fmt::format("{}{}{}{}\n", kIndent, before, printable(line.substr(begin, end - begin)),
                        end < line.size() ? "..." : "");
    const std::size_t from = std::max<std::size_t>(begin, at.column - 1);
    const std::size_t blanks =
        before.size() + terminal_columns(printable(line.substr(begin, from - begin)));
    const std::size_t marked = std::max<std::size_t>(
        1, terminal_columns(printable(line.substr(
               from, std::min(caret_end, end) - std::min(from, std::min(caret_end, end))))));
    out_ += fmt::format("{}{}{}^{}{}\n", kIndent, std::string(blanks, ' '), color,
                        std::string(marked - 1, '~'), paint("\033[0m"));
  }

  static bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

  const Sources& sources_;
  RenderStyle style_;
  std::string out_;
};

}  // namespace

std::string render_text(const Diagnostics& findings, const Sources& sources, RenderStyle style) {
  return TextRenderer(sources, style).run(findings);
}

std::string rendering::render_text(const FindingReport& report) {
  return ipucnn::render_text(report.findings, report.sources, report.style);
}

}  // namespace ipucnn
