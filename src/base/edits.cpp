#include "base/edits.h"

#include <algorithm>
#include <tuple>

#include "base/line_part.h"

namespace ipucnn {
namespace {

/// Lines with their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// Column 1 of line 1 stands behind a byte order mark.
std::size_t mark_of(std::string_view text) { return text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0; }

void add_line(char sign, std::string_view line, std::string& out) {
  out += sign;
  out += line;
  if (line.empty() || line.back() != '\n') out += "\n\\ No newline at end of file\n";
}

/// Whether a text stands at the place as it is read, with or without quotes. A tag in front makes
/// something else of it.
bool stands_there(std::string_view old, const LinePart& place) {
  const std::string_view before = place.before.substr(0, place.before.find_last_not_of(' ') + 1);
  const std::string_view last = before.substr(before.find_last_of(' ') + 1);
  if (last.starts_with("!")) return false;
  if (place.at == old) return true;
  const bool quoted = place.at.size() == old.size() + 2 && place.at.front() == place.at.back() &&
                      (place.at.front() == '"' || place.at.front() == '\'');
  return quoted && place.at.substr(1, old.size()) == old;
}

}  // namespace

std::vector<Edit> edits_of(const Diagnostic& finding, const Sources& sources) {
  const bool sure = std::all_of(finding.fix.begin(), finding.fix.end(), [&](const Edit& edit) {
    return edit.old.empty() || stands_there(edit.old, line_part(sources, edit.at));
  });
  return sure ? finding.fix : std::vector<Edit>();
}

bool overlap(const Span& a, const Span& b) {
  return a.source == b.source && a.line == b.line && a.column < b.column + b.length &&
         b.column < a.column + a.length;
}

std::string with_edits(std::string_view text, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  });
  const std::vector<std::string_view> lines = lines_of(text);
  std::string out;
  std::size_t copied = 0;
  for (const Edit& edit : edits) {
    if (edit.at.line == 0 || edit.at.line > lines.size() || edit.at.column == 0) continue;
    const std::string_view line = lines[edit.at.line - 1];
    const auto line_start = static_cast<std::size_t>(line.data() - text.data());
    const std::size_t begin =
        line_start + edit.at.column - 1 + (edit.at.line == 1 ? mark_of(text) : 0);
    if (begin < copied || begin + edit.at.length > line_start + line.size()) continue;
    out += text.substr(copied, begin - copied);
    out += edit.text;
    copied = begin + edit.at.length;
  }
  out += text.substr(copied);
  return out;
}

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  constexpr std::size_t kAround = 3;
  const std::vector<std::string_view> old_lines = lines_of(before);
  const std::vector<std::string_view> new_lines = lines_of(after);
  std::string out;
  const std::size_t count = std::min(old_lines.size(), new_lines.size());
  const auto differs_from = [&](std::size_t at) {
    while (at < count && old_lines[at] == new_lines[at]) ++at;
    return at;
  };
  for (std::size_t at = differs_from(0); at < count;) {
    const std::size_t begin = at > kAround ? at - kAround : 0;
    std::size_t last = at;
    for (std::size_t next = differs_from(at + 1); next < count && next <= last + 2 * kAround;
         next = differs_from(next + 1))
      last = next;
    const std::size_t end = std::min(count, last + kAround + 1);
    if (out.empty()) out = "--- " + std::string(name) + "\n+++ " + std::string(name) + "\n";
    const std::string range = std::to_string(begin + 1) + "," + std::to_string(end - begin);
    out += "@@ -" + range + " +" + range + " @@\n";
    for (std::size_t i = begin; i < end;) {
      if (old_lines[i] == new_lines[i]) {
        add_line(' ', old_lines[i++], out);
        continue;
      }
      std::size_t behind = i;
      while (behind < end && old_lines[behind] != new_lines[behind]) ++behind;
      for (std::size_t k = i; k < behind; ++k) add_line('-', old_lines[k], out);
      for (std::size_t k = i; k < behind; ++k) add_line('+', new_lines[k], out);
      i = behind;
    }
    at = differs_from(end);
  }
  return out;
}

}  // namespace ipucnn
