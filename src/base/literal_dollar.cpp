#include "base/literal_dollar.h"

#include <fmt/format.h>

#include <cctype>

namespace ipucnn {
namespace {

bool has_literal_dollar(std::string_view text) {
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.substr(0, 5) == "{env:") continue;
    const char next = rest.empty() ? '\0' : rest.front();
    if (next == '{' || next == '(' || next == '_' || (next >= 'a' && next <= 'z') ||
        (next >= 'A' && next <= 'Z'))
      return true;
  }
  return false;
}

/// `~/x`, or `~name/x` of another's.
bool is_below_home(std::string_view text) {
  return !text.empty() && text.front() == '~' && text.find('/') != text.npos;
}

}  // namespace

std::string with_variables_open(std::string_view text) {
  std::string out;
  const auto size_of_name = [&](std::size_t at) {
    std::size_t end = at;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
      ++end;
    return at < text.size() && text[at] >= '0' && text[at] <= '9' ? 0 : end - at;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t brace = text.substr(i, 2) == "${" ? 1 : 0;
    const std::size_t size = text[i] == '$' ? size_of_name(i + 1 + brace) : 0;
    if (size == 0 || (brace == 1 && text.substr(i + 2 + size, 1) != "}")) {
      out += text[i];
      continue;
    }
    out.append(kVariableOpen).append(text.substr(i + 1 + brace, size)) += '}';
    i += brace + size + brace;
  }
  return out;
}

void report_literal_dollar(std::string_view value, Span at, Diagnostics& out) {
  const bool is_home = is_below_home(value);
  if (!is_home && !has_literal_dollar(value)) return;
  out.add(FindingId::L003, at,
          fmt::format("'{}' is passed on as it is: no shell expands the {}", value,
                      is_home ? "tilde" : "dollar sign"))
      .help = is_home ? "write ${env:HOME}/ for the home folder"
                      : "write ${env:NAME} for a variable of the launching environment";
}

}  // namespace ipucnn
