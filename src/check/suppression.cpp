#include "ipucnn/suppression.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"

namespace ipucnn {
namespace {

constexpr std::string_view kMark = "ipucnn: allow(";

/// Column (from 0) of the comment in a line; npos when there is none. A `#` inside a word or in
/// quotes begins none.
std::size_t comment_start(std::string_view line) {
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool at_start = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if ((c == '"' || c == '\'') &&
               (at_start || line[i - 1] == '[' || line[i - 1] == '{' || line[i - 1] == ',')) {
      quote = c;
    } else if (c == '#' && at_start) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// The ids in `allow(A, B)`, each with its place.
void read_ids(std::string_view line, std::size_t comment, Span at, std::uint32_t holds_for,
              std::vector<Suppression>& out) {
  const std::size_t mark = line.find(kMark, comment);
  if (mark == std::string_view::npos) return;
  const std::size_t end = line.find(')', mark);
  std::size_t begin = mark + kMark.size();
  while (begin < std::min(end, line.size())) {
    const std::size_t comma = std::min({line.find(',', begin), end, line.size()});
    std::size_t first = line.find_first_not_of(' ', begin);
    first = std::min(first, comma);
    std::string id(line.substr(first, comma - first));
    id.erase(id.find_last_not_of(' ') + 1);
    at.column = static_cast<std::uint32_t>(first) + 1;
    at.length = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(id.size()));
    if (!id.empty()) out.push_back({std::move(id), at, holds_for, false});
    begin = comma + 1;
  }
}

/// The line that a comment in a line of its own speaks of: the next one with something in it.
std::uint32_t next_line(std::string_view rest, std::uint32_t number) {
  while (!rest.empty()) {
    ++number;
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#') return number;
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return number;
}

bool covers(const Suppression& leave, const Diagnostic& d, Span preset) {
  if (finding_info(d.id).id != leave.id) return false;
  if (leave.line == 0) return true;
  const bool here = d.at.source == leave.at.source && d.at.line == leave.line;
  return here || (preset.source == leave.at.source && preset.line == leave.line);
}

}  // namespace

std::vector<Suppression> read_suppressions(const Sources& sources, SourceId source) {
  std::vector<Suppression> out;
  const std::string_view text = sources.text(source);
  if (text.find(kMark) == std::string_view::npos) return out;
  std::uint32_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    ++number;
    const std::size_t comment = comment_start(line);
    if (comment != std::string_view::npos)
      read_ids(line, comment, {source, number, 1, 1},
               line.find_first_not_of(" \t") == comment
                   ? next_line(text.substr(std::min(end + 1, text.size())), number)
                   : number,
               out);
    begin = end + 1;
  }
  return out;
}

Diagnostics judge(const Diagnostics& found, Occasion occasion,
                  std::vector<Suppression>& suppressions, Span preset) {
  Diagnostics judged;
  for (const Diagnostic& d : found.all()) {
    const FindingInfo& info = finding_info(d.id);
    const auto severity = severity_on(occasion, info.finding_class, d.severity);
    if (!severity) continue;
    Diagnostic said = d;
    said.severity = *severity;
    const auto leave = std::find_if(suppressions.begin(), suppressions.end(),
                                    [&](const Suppression& s) { return covers(s, d, preset); });
    if (leave != suppressions.end()) {
      leave->used = true;
      if (info.allowance == Allowance::Never) {
        judged.add(FindingId::K068, leave->at, fmt::format("{} cannot be allowed", info.id)).help =
            "what it speaks of leaves nothing to go on with; mend that";
      } else if (said.severity == Severity::Note) {
        continue;
      } else {
        said.severity = Severity::Note;
        said.notes.push_back({std::string(kAllowed), leave->at});
      }
    }
    judged.add(std::move(said));
  }
  return judged;
}

void report_unknown_finding(std::string_view id, Span at, Diagnostics& findings) {
  Diagnostic& d = findings.add(FindingId::K066, at, fmt::format("there is no finding '{}'", id));
  d.help = suggestion(id, finding_ids());
  if (d.help.empty()) d.help = "docs/checks.md lists them";
}

void report_unused(const std::vector<Suppression>& allowances, Diagnostics& findings) {
  if (allowances.empty()) return;
  const auto ids = finding_ids();
  for (const Suppression& leave : allowances) {
    if (leave.used) continue;
    if (std::find(ids.begin(), ids.end(), leave.id) == ids.end())
      report_unknown_finding(leave.id, leave.at, findings);
    else
      findings.add(FindingId::K064, leave.at, fmt::format("{} does not occur here", leave.id))
          .help = "leave the permission out";
  }
}

}  // namespace ipucnn
