#include "base/shell_quote.h"
#include "emit/emitters.h"

namespace ipucnn::emitting {
namespace {

/// For the default inside "${NAME:-default}".
std::string in_double_quotes(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "$(printf \\\\047)";  // bash pairs this quote even here, and no backslash helps
      continue;
    }
    if (c == '"' || c == '\\' || c == '$' || c == '`') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string shell_quote(const Arg& arg) {
  if (arg.pieces.empty()) return "''";
  std::string out;
  for (const Piece& piece : arg.pieces) {
    if (piece.kind == Piece::Kind::Text) {
      out += quoted_for_shell(piece.text);
      continue;
    }
    out += "\"${" + piece.text;
    // Without a default an unset variable must stop the shell as it stops us.
    out += piece.fallback ? ":-" + in_double_quotes(*piece.fallback) : "?";
    out += "}\"";
  }
  return out;
}

}  // namespace ipucnn::emitting
