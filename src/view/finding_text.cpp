// What `explain ID` prints.
#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "base/wrap.h"
#include "ipucnn/view.h"
#include "view/checks_text.h"

namespace ipucnn {
namespace {

/// Whether a line of the document stands for itself, and is no part of a paragraph.
bool is_own_line(std::string_view line) {
  constexpr std::string_view kBegins[] = {"Source:", "Known from:", "|", "- ", "```"};
  return line.empty() ||
         std::any_of(std::begin(kBegins), std::end(kBegins),
                     [&](std::string_view begin) { return line.starts_with(begin); });
}

/// Paragraphs at a terminal's usual width. Fences become an indentation: it shows no Markdown.
std::string for_terminal(std::string_view text) {
  constexpr std::size_t kWidth = 80;
  std::string out;
  std::string paragraph;
  bool inside = false;
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) out += wrapped(std::exchange(paragraph, {}), 0, kWidth) + "\n";
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (inside || is_own_line(line)) end_paragraph();
    if (line.starts_with("```")) {
      inside = !inside;
    } else if (inside || line.empty() || line.starts_with("|")) {
      out += (inside && !line.empty() ? "  " : "") + std::string(line) + "\n";
    } else {
      paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
    }
  }
  end_paragraph();
  return out;
}

}  // namespace

bool looks_like_id(std::string_view word) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string id = to_upper(word);
  return id.size() == 4 && id[0] >= 'A' && id[0] <= 'Z' &&
         std::all_of(id.begin() + 1, id.end(), digit);
}

std::optional<std::string> explain_finding(std::string_view id) {
  const std::string document = unpacked(view::checks_document());
  const std::string_view text = document;
  const std::size_t heading = text.find("\n### " + to_upper(id) + " ");
  if (heading == std::string_view::npos) return std::nullopt;
  const std::size_t begin = text.find(' ', heading) + 1;
  const std::size_t end = std::min(text.find("\n## ", begin), text.find("\n### ", begin));
  return for_terminal(text.substr(begin, end == text.npos ? text.npos : end - begin));
}

}  // namespace ipucnn
