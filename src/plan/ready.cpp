#include <fmt/format.h>

#include <algorithm>
#include <set>
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
  FilledPlan filled;
  const auto value_of = [&](const Piece& piece) -> std::optional<std::string> {
    if (piece.text == kRunFolder) return std::nullopt;
    if (std::find(kept.begin(), kept.end(), piece.text) != kept.end()) return std::nullopt;
    auto value = look_up(piece.text);
    if (value) filled.values_[piece.text] = *value;
    if (piece.fallback && (!value || value->empty())) value = piece.fallback;
    if (!value) {
      whole = false;
      missing.push_back(piece.text);
    }
    return value;
  };
  filled.made_ = plan;
  for (const Step& step : plan.steps) {
    filled.commands_.push_back(step.command);
    fill(filled.commands_.back(), value_of);
  }
  if (!whole) return std::nullopt;
  return filled;
}

std::optional<std::string> FilledPlan::text_of(const Arg& word) const {
  std::string text;
  for (const Piece& piece : word.pieces) {
    if (piece.kind == Piece::Kind::Text) {
      text += piece.text;
      continue;
    }
    const auto known = values_.find(piece.text);
    if (known != values_.end() && !(piece.fallback && known->second.empty()))
      text += known->second;
    else if (piece.fallback)
      text += *piece.fallback;
    else
      return std::nullopt;
  }
  return text;
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

std::vector<FilledPlan> fill_plans(const std::vector<JobPlan>& plans, const LookUp& look_up,
                                   const std::vector<std::string>& kept, Diagnostics& out) {
  std::vector<std::string> missing;
  std::vector<FilledPlan> filled;
  for (const JobPlan& plan : plans)
    if (auto one = FilledPlan::make(plan, look_up, kept, missing))
      filled.push_back(std::move(*one));
  if (missing.empty()) return filled;
  std::set<std::string_view> told;
  for (const std::string& name : missing)
    if (told.insert(name).second)
      out.add(FindingId::L005, Span{}, fmt::format("the variable {} is not set", name)).help =
          fmt::format("export {}, or write ${{env:{}:-DEFAULT}} where it is asked for", name, name);
  return {};
}

namespace {

/// The option whose value is this word.
std::string option_with(const Command& command, const Arg& value) {
  for (std::size_t i = 1; i < command.argv.size(); ++i)
    if (command.argv[i].pieces == value.pieces && command.argv[i - 1].begins)
      return literal_text(command.argv[i - 1]);
  return {};
}

}  // namespace

std::optional<HandedOn> handed_on(const JobPlan& plan) {
  const auto& steps = plan.steps;
  const auto at = std::adjacent_find(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return !a.output.pieces.empty() && a.output == b.restore;
  });
  if (at == steps.end()) return std::nullopt;
  const Step& first = *at;
  const Arg& cwd = first.command.cwd;
  if (first.output.pieces.empty() || !first.output.is_literal() || !cwd.is_literal() ||
      first.output.pieces == first.restore.pieces)
    return std::nullopt;
  std::string path = literal_text(first.output);
  if (path.front() != '/' && !cwd.pieces.empty()) path = literal_text(cwd) + "/" + path;
  return HandedOn{std::move(path), option_with(first.command, first.output)};
}

std::string literal_text(const Arg& arg) {
  std::string text;
  for (const Piece& piece : arg.pieces)
    if (piece.kind == Piece::Kind::Text) text += piece.text;
  return text;
}

}  // namespace ipucnn
