// Workflow commands that GitHub shows at the line they speak of.
#include <fmt/format.h>

#include "base/escape.h"
#include "render/renderers.h"

namespace ipucnn::rendering {
namespace {

/// Characters that would end the message, or a property of it.
std::string escaped(std::string_view raw, bool property) {
  std::string out;
  for (const char c : printable_lines(raw)) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += property ? "%3A" : ":";
        break;
      case ',':
        out += property ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string_view command(Severity severity) {
  return severity == Severity::Note ? "notice" : severity_name(severity);
}

}  // namespace

std::string render_github(const FindingReport& report) {
  std::string out;
  for (const Diagnostic* const found : report.findings.sorted()) {
    const Diagnostic& d = *found;
    const FindingInfo& info = finding_info(d.id);
    out += fmt::format("::{} ", command(d.severity));
    std::string text = plain_text(d, report.sources);
    if (in_a_file(report.sources, d.at)) {
      const CharacterColumns columns = character_columns(report.sources, d.at);
      out += fmt::format("file={},line={},col={},endColumn={},",
                         escaped(file_name(report, d.at), true), d.at.line, columns.first,
                         columns.behind);
    } else {
      text = place_text(d, report.sources) + text;
    }
    out +=
        fmt::format("title={} {}::{}\n", info.id, escaped(info.name, true), escaped(text, false));
  }
  return out;
}

}  // namespace ipucnn::rendering

std::string ipucnn::github_text(Severity severity, std::string_view title,
                                std::string_view message) {
  return fmt::format("::{} title={}::{}\n", rendering::command(severity),
                     rendering::escaped(title, true), rendering::escaped(message, false));
}
