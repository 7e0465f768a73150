#include "base/shell_quote.h"

namespace ipucnn {
namespace {

constexpr std::string_view kSafe =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%";

/// A tilde or an assignment is special only at some places; a quote there costs nothing.
bool is_bare(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kSafe) == std::string_view::npos;
}

}  // namespace

std::string quoted_for_shell(std::string_view text) {
  if (is_bare(text)) return std::string(text);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace ipucnn
