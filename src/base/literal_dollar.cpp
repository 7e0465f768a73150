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

}  // namespace

void report_literal_dollar(std::string_view value, Span at, Diagnostics& out) {
  if (!has_literal_dollar(value)) return;
  out.add(FindingId::L003, at,
          fmt::format("'{}' is passed on as it is: no shell expands the dollar sign", value))
      .help = "write ${env:NAME} for a variable of the launching environment";
}

}  // namespace ipucnn
