// YAML of other programs that a YAML parser cannot read as it stands.
#include "import/yaml_masks.h"

#include <algorithm>

#include "import/located.h"

namespace ipucnn::importing {
namespace {

constexpr std::string_view kWhite = " \t\r\n";
/// What would end a scalar, or begin something else, inside a placeholder.
constexpr std::string_view kSyntax = "{}[]\"'`:#,&*!|>\\%@";

void blank_out(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < std::min(end, text.size()); ++i)
    if (text[i] != '\n' && text[i] != '\r') text[i] = ' ';
}

/// Takes comments out of JSON, and commas in front of what closes.
void mask_json(std::string& text) {
  std::size_t comma = text.npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view two = std::string_view(text).substr(i, 2);
    if (two == "//" || two == "/*") {
      const std::size_t end =
          two == "//" ? text.find('\n', i) : std::min(text.find("*/", i + 2), text.size()) + 2;
      blank_out(text, i, end);
      i = std::min(end, text.size()) - 1;
    } else if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\') ++i;
      comma = text.npos;
    } else if ((c == '}' || c == ']') && comma != text.npos) {
      text[comma] = ' ';
      comma = text.npos;
    } else if (c == ',' || kWhite.find(c) == kWhite.npos) {
      comma = c == ',' ? i : text.npos;
    }
  }
}

/// Whether nothing but blanks stands around it in its line.
bool is_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const std::size_t before = text.substr(0, begin).find_last_not_of(" \t");
  const std::size_t behind = text.find_first_not_of(" \t\r", end);
  return (before == text.npos || text[before] == '\n') &&
         (behind == text.npos || text[behind] == '\n');
}

/// Whether it is no value but part of the template's own flow.
bool is_flow(std::string_view inside) {
  constexpr std::string_view kWords[] = {"if",     "else",    "end", "range",  "with",
                                         "define", "include", "/*",  "toYaml", "template"};
  const std::size_t begin = std::min(inside.find_first_not_of("- \t\n"), inside.size());
  inside.remove_prefix(begin);
  const std::string_view word = inside.substr(0, inside.find_first_of(" \t\n-})"));
  return inside.starts_with('$') || inside.starts_with("/*") ||
         std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

void mask_template(std::string& text) {
  for (std::size_t at = 0; (at = text.find('{', at)) != text.npos; ++at) {
    const std::string_view two = std::string_view(text).substr(at, 2);
    if ((two != "{{" && two != "{%" && two != "{#") || (at > 0 && text[at - 1] == '$')) continue;
    const std::string_view close = two == "{{" ? "}}" : two == "{%" ? "%}" : "#}";
    std::size_t end = text.find(close, at + 2);
    if (end == text.npos) return;
    end += 2;
    const std::string inside = text.substr(at + 2, end - at - 4);
    if (two != "{{" || is_alone(text, at, end) || is_flow(inside)) {
      blank_out(text, at, end);
    } else if (inside.find('\n') == inside.npos) {
      text.replace(at, 2, kOpenMask);
      text.replace(end - 2, 2, kCloseMask);
      for (std::size_t i = at + 2; i < end - 2; ++i)
        if (kSyntax.find(text[i]) != kSyntax.npos) text[i] = text[i] == '|' ? '~' : '_';
    }
    at = end - 1;
  }
}

}  // namespace

std::string masked_yaml(std::string_view text) {
  std::string masked(text);
  const std::size_t first = text.find_first_not_of(kWhite, behind_mark(text));
  if (first == text.npos) return masked;
  const bool json = text[first] == '{' && text.substr(first, 2) != "{{" &&
                    text.substr(first, 2) != "{%" && text.substr(first, 2) != "{#";
  if (json || text.substr(first, 2) == "//" || text.substr(first, 2) == "/*")
    mask_json(masked);
  else
    mask_template(masked);
  return masked;
}

bool may_mask(char written, char masked) {
  return kSyntax.find(written) != kSyntax.npos &&
         std::string_view("\xC2\xAB\xBB_~").find(masked) != std::string_view::npos;
}

std::vector<std::unique_ptr<Document>> read_documents(const Sources& sources, SourceId source,
                                                      std::string& masked, Diagnostics& out) {
  Diagnostics of_text;
  auto as_written = load_yaml_documents(sources, source, of_text);
  if (of_text.has_errors()) masked = masked_yaml(sources.text(source));
  if (masked.empty() || masked == sources.text(source)) {
    out.add(of_text);
    return as_written;
  }
  Sources same_places;
  while (same_places.size() < source) same_places.add_static({}, {});
  same_places.add_static(sources.name(source), masked);
  Diagnostics found;
  auto documents = load_yaml_documents(same_places, source, found);
  const bool is_template = masked.find(kOpenMask) != masked.npos;
  if (!found.has_errors() || !is_template) {
    out.add(found);
    return documents;
  }
  const Diagnostic& first = found.all().front();
  out.add(FindingId::L072, first.at,
          "from here on this template is no YAML before it is filled in, so its commands are not "
          "read")
      .help = "check what the template makes: helm template CHART | ipucnn check -";
  return documents;
}

}  // namespace ipucnn::importing
