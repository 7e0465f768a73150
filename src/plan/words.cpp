#include "plan/words.h"

#include <utility>

#include "base/literal_dollar.h"

namespace ipucnn {

bool Arg::is_literal() const {
  for (const Piece& piece : pieces)
    if (piece.kind != Piece::Kind::Text) return false;
  return true;
}

std::string Arg::shown() const {
  std::string out;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::Text)
      out += piece.text;
    else
      out += piece.fallback ? "${" + piece.text + ":-" + *piece.fallback + "}" : "$" + piece.text;
  }
  return out;
}

namespace planning {
namespace {

bool is_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  for (const char c : text) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) return false;
  }
  return true;
}

void add_text(Arg& arg, std::string_view text) {
  if (text.empty()) return;
  if (!arg.pieces.empty() && arg.pieces.back().kind == Piece::Kind::Text)
    arg.pieces.back().text += text;
  else
    arg.pieces.push_back({Piece::Kind::Text, std::string(text), std::nullopt});
}

bool begins_with_dash(const Arg& arg) {
  return !arg.pieces.empty() && arg.pieces.front().kind == Piece::Kind::Text &&
         !arg.pieces.front().text.empty() && arg.pieces.front().text.front() == '-';
}

/// -13 and -9.5 are values to argparse even after a blank.
bool is_plain_negative(const Arg& arg) {
  if (arg.pieces.size() != 1) return false;
  const std::string& text = arg.pieces.front().text;
  return text.size() > 1 && text.find_first_not_of("0123456789.", 1) == std::string::npos &&
         text.find('.') == text.rfind('.') && text.back() != '.';
}

/// For double quotes, in which only these two are special to a splitter of words.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

Arg to_arg(std::string_view text, std::string_view cause) {
  constexpr std::string_view kOpen = kVariableOpen;
  Arg arg;
  arg.cause = cause;
  while (!text.empty()) {
    const std::size_t open = text.find(kOpen);
    const std::size_t close = open == text.npos ? open : text.find('}', open);
    if (close == text.npos) break;
    const std::string_view inside = text.substr(open + kOpen.size(), close - open - kOpen.size());
    const std::size_t colon = inside.find(":-");
    const std::string_view name = inside.substr(0, colon);
    if (!is_name(name)) {
      add_text(arg, text.substr(0, close + 1));
    } else {
      add_text(arg, text.substr(0, open));
      Piece variable{Piece::Kind::Variable, std::string(name), std::nullopt};
      if (colon != inside.npos) variable.fallback = inside.substr(colon + 2);
      arg.pieces.push_back(std::move(variable));
    }
    text.remove_prefix(close + 1);
  }
  add_text(arg, text);
  return arg;
}

void add_option(std::vector<Arg>& words, std::string_view option, Arg value,
                std::string_view cause) {
  if (begins_with_dash(value) && !is_plain_negative(value)) {
    Arg joined;
    joined.cause = cause;
    joined.begins = true;
    add_text(joined, option);
    add_text(joined, "=");
    for (Piece& piece : value.pieces) {
      if (piece.kind == Piece::Kind::Text)
        add_text(joined, piece.text);
      else
        joined.pieces.push_back(std::move(piece));
    }
    words.push_back(std::move(joined));
    return;
  }
  add_flag(words, option, cause);
  value.cause = cause;
  words.push_back(std::move(value));
}

void add_flag(std::vector<Arg>& words, std::string_view option, std::string_view cause) {
  Arg arg;
  arg.cause = cause;
  arg.begins = true;
  add_text(arg, option);
  words.push_back(std::move(arg));
}

std::vector<Arg> program(const LaunchSettings& launch, std::string_view name,
                         std::string_view cause) {
  std::vector<Arg> words;
  for (const Scalar& word : launch.list("programs." + std::string(name)))
    words.push_back(to_arg(word.text, cause));
  if (words.empty()) words.push_back(to_arg(name, cause));
  words.front().begins = true;
  return words;
}

void append_inner_word(Arg& outer, const Arg& word) {
  if (!outer.pieces.empty()) add_text(outer, " ");
  bool needs_quotes = word.pieces.empty();
  bool has_single = false;
  for (const Piece& piece : word.pieces) {
    if (piece.kind != Piece::Kind::Text) continue;
    needs_quotes = needs_quotes || piece.text.find_first_of(" \t\r\n'\"\\#") != std::string::npos;
    has_single = has_single || piece.text.find('\'') != std::string::npos;
  }
  const std::string_view quote = has_single ? "\"" : "'";
  if (needs_quotes) add_text(outer, quote);
  for (const Piece& piece : word.pieces) {
    if (piece.kind == Piece::Kind::Variable)
      outer.pieces.push_back(piece);
    else
      add_text(outer, has_single ? escaped(piece.text) : piece.text);
  }
  if (needs_quotes) add_text(outer, quote);
}

}  // namespace planning
Arg word_of_text(std::string_view text, std::string_view cause) {
  return planning::to_arg(text, cause);
}

}  // namespace ipucnn
