// What `explain ID` prints.
#include <algorithm>

#include "base/text.h"
#include "ipucnn/view.h"
#include "view/checks_text.h"

namespace ipucnn {
namespace {

/// Fences become an indentation: a terminal shows no Markdown.
std::string without_fences(std::string_view text) {
  std::string out;
  bool inside = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    if (line.substr(0, 3) == "```") {
      inside = !inside;
      continue;
    }
    if (inside && line != "\n") out += "  ";
    out += line;
  }
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
  return without_fences(text.substr(begin, end == text.npos ? text.npos : end - begin));
}

}  // namespace ipucnn
