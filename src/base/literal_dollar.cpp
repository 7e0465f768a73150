#include "base/literal_dollar.h"

#include <fmt/format.h>

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
