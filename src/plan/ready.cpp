#include <algorithm>
#include <utility>

#include "ipucnn/plan.h"

namespace ipucnn {
namespace {

using LookUp = std::function<std::optional<std::string>(std::string_view)>;

void add_text(std::vector<Piece>& pieces, std::string_view text) {
  if (text.empty()) return;
  if (pieces.empty() || pieces.back().kind != Piece::Kind::Text)
    pieces.push_back({Piece::Kind::Text, {}, std::nullopt});
  pieces.back().text += text;
}

/// The word with what `value_of` knows put in; what it does not know stays a variable.
template <typename ValueOf>
void fill(Arg& arg, const ValueOf& value_of) {
  std::vector<Piece> pieces;
  for (Piece& piece : arg.pieces) {
    if (piece.kind == Piece::Kind::Text)
      add_text(pieces, piece.text);
    else if (const std::optional<std::string> value = value_of(piece))
      add_text(pieces, *value);
    else
      pieces.push_back(std::move(piece));
  }
  arg.pieces = std::move(pieces);
}

template <typename ValueOf>
void fill(Command& command, const ValueOf& value_of) {
  for (Arg& arg : command.argv) fill(arg, value_of);
  for (auto& [name, arg] : command.env) fill(arg, value_of);
  fill(command.cwd, value_of);
}

}  // namespace

std::optional<FilledPlan> FilledPlan::make(const JobPlan& plan, const LookUp& look_up,
                                           const std::vector<std::string>& kept,
                                           std::vector<std::string>& missing) {
  bool whole = true;
  const auto value_of = [&](const Piece& piece) -> std::optional<std::string> {
    if (piece.text == kRunFolder) return std::nullopt;
    if (std::find(kept.begin(), kept.end(), piece.text) != kept.end()) return std::nullopt;
    auto value = look_up(piece.text);
    if (piece.fallback && (!value || value->empty())) value = piece.fallback;
    if (!value) {
      whole = false;
      missing.push_back(piece.text);
    }
    return value;
  };
  FilledPlan filled;
  filled.made_ = plan;
  for (const Step& step : plan.steps) {
    filled.commands_.push_back(step.command);
    fill(filled.commands_.back(), value_of);
  }
  if (!whole) return std::nullopt;
  return filled;
}

ReadyPlan FilledPlan::in(const std::string& run_folder) const {
  const auto value_of = [&](const Piece& piece) {
    return piece.text == kRunFolder ? std::optional(run_folder) : std::nullopt;
  };
  ReadyPlan ready;
  for (std::size_t i = 0; i < made_.steps.size(); ++i) {
    Command command = commands_[i];
    fill(command, value_of);
    ready.steps_.push_back(ReadyStep(made_.steps[i], std::move(command)));
  }
  return ready;
}

std::string literal_text(const Arg& arg) {
  std::string text;
  for (const Piece& piece : arg.pieces)
    if (piece.kind == Piece::Kind::Text) text += piece.text;
  return text;
}

}  // namespace ipucnn
