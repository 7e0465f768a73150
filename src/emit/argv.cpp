// The words of each step, each followed by a NUL: nothing to unquote. Nothing puts a variable in
// either, so one is written as in our files, which no literal text can be taken for.
#include "emit/emitters.h"

namespace ipucnn::emitting {
namespace {

std::string piece_text(const Piece& piece) {
  if (piece.kind == Piece::Kind::Text) return piece.text;
  return "${env:" + piece.text + (piece.fallback ? ":-" + *piece.fallback : "") + "}";
}

}  // namespace

std::vector<Artifact> emit_argv(const JobPlan& plan) {
  std::vector<Artifact> artifacts;
  for (const Step& step : plan.steps) {
    std::string text;
    for (const Arg& arg : step.command.argv) {
      for (const Piece& piece : arg.pieces) text += piece_text(piece);
      text += '\0';
    }
    artifacts.push_back({step.name, std::move(text)});
  }
  return artifacts;
}

}  // namespace ipucnn::emitting
