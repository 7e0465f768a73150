#include "emit/emitters.h"

namespace ipucnn::emitting {
namespace {

constexpr std::string_view kSafe =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%";

/// A tilde or an assignment is special only at some places; a quote there costs nothing.
bool is_bare(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kSafe) == std::string_view::npos;
}

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

std::string shell_quote(std::string_view text) {
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

std::string shell_quote(const Arg& arg) {
  if (arg.pieces.empty()) return "''";
  std::string out;
  for (const Piece& piece : arg.pieces) {
    if (piece.kind == Piece::Kind::Text) {
      out += shell_quote(piece.text);
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
