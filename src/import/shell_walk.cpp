#include "import/shell_walk.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "import/wrappers.h"

namespace ipucnn::importing {
namespace {

/// Functions that call functions can make any number of commands of a short text.
constexpr std::size_t kMostSteps = 2000;
/// Variables kept for what comes behind branches and pipes, over a whole text: more than a second
/// of copying.
constexpr std::size_t kMostRemembered = 4'000'000;

bool among(std::string_view word, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

/// Whether a script goes on from it both ways.
bool is_test(const ShellCommand& command) {
  return command.negated ||
         among(text_at(command, 0), {"[", "[[", "((", "test", "grep", "egrep", "command", "which",
                                     "type", "hash", "false", "pgrep", "diff", "cmp"});
}

}  // namespace

ShellWalk::Shared ShellWalk::text_of(std::vector<ShellCommand> commands) {
  auto text = std::make_shared<Text>();
  text->commands = std::move(commands);
  text->close.resize(text->commands.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text->commands.size(); ++i) {
    const ShellRole role = text->commands[i].role;
    if (role == ShellRole::Open) open.push_back(i);
    if (role != ShellRole::Close || open.empty()) continue;
    text->close[open.back()] = i;
    open.pop_back();
  }
  for (const std::size_t i : open) text->close[i] = text->commands.size();
  return text;
}

void ShellWalk::go(std::vector<ShellCommand> commands) {
  state_.leave_folder();
  const Shared text = text_of(std::move(commands));
  run(text, 0, text->commands.size());
}

void ShellWalk::finish() {
  // A file with functions is sourced, and they are called when all of it has been read.
  for (bool found = true; found;) {
    auto next = std::find_if(functions_.begin(), functions_.end(),
                             [](const auto& entry) { return !entry.second.called; });
    found = next != functions_.end() || !replaced_.empty();
    if (next != functions_.end())
      read_uncalled(next->second, next->first);
    else if (found) {
      auto [name, function] = std::move(replaced_.back());
      replaced_.pop_back();
      read_uncalled(function, name);
    }
  }
  functions_.clear();
  programs_.clear();
  state_ = {};
  steps_ = remembered_ = 0;
  stopped_ = false;
}

void ShellWalk::read_uncalled(Function& function, const std::string& name) {
  const ShellState before = snapshot();
  state_.leave_arguments();
  call(function, name);
  state_ = before;
}

void ShellWalk::run(const Shared& text, std::size_t begin, std::size_t end) {
  Chain chain;
  for (std::size_t i = begin; i < end; ++i) {
    const ShellCommand& entry = text->commands[i];
    if (remembered_ > kMostRemembered) return stop_at(entry);
    if (entry.role != ShellRole::Command && entry.role != ShellRole::Open) continue;
    link(chain, entry);
    const bool opens = entry.role == ShellRole::Open;
    const std::size_t last = opens ? text->close[i] : i;
    // Each part of a pipe is a shell of its own.
    const bool piped = entry.link == ShellLink::Pipe ||
                       (last < text->commands.size() && text->commands[last].piped);
    const std::optional<ShellState> before = piped ? std::optional(snapshot()) : std::nullopt;
    if (opens)
      run_block(text, i);
    else
      i += execute(text, i, end);
    if (opens) i = last;
    if (before) state_ = *before;
  }
  end_chain(chain);
}

ShellState ShellWalk::snapshot() {
  remembered_ += state_.size();
  return state_;
}

void ShellWalk::stop_at(const ShellCommand& entry) {
  if (!stopped_ && trials_ == 0) visitor_.stop(entry.begin, entry.end);
  stopped_ = stopped_ || trials_ == 0;
}

void ShellWalk::link(Chain& chain, const ShellCommand& entry) {
  if (entry.link == ShellLink::Pipe) return;
  const bool goes_on = entry.link == ShellLink::And || entry.link == ShellLink::Or;
  if (!goes_on) end_chain(chain);
  const bool doubt = entry.link == ShellLink::Or || (goes_on && chain.behind_test);
  if (doubt && !chain.doubtful) chain = {false, true, state_.written().size()};
  chain.behind_test = is_test(entry);
}

void ShellWalk::end_chain(Chain& chain) {
  if (chain.doubtful) state_.forget_since(chain.from);
  chain = {};
}

void ShellWalk::run_block(const Shared& text, std::size_t open) {
  const ShellCommand& head = text->commands[open];
  if (depth_ == kDeepest) {
    if (trials_ == 0) visitor_.stop(head.begin, head.end);
    return;
  }
  ++depth_;
  switch (head.block) {
    case ShellBlock::Subshell: {
      const ShellState before = snapshot();
      run(text, open + 1, text->close[open]);
      state_ = before;
      break;
    }
    case ShellBlock::Group:
      run(text, open + 1, text->close[open]);
      break;
    case ShellBlock::If:
    case ShellBlock::Case:
      run_branches(text, open);
      break;
    case ShellBlock::Loop:
    case ShellBlock::For:
      run_loop(text, open);
      break;
    case ShellBlock::Function:
      define(text, open);
      break;
  }
  --depth_;
}

void ShellWalk::run_branches(const Shared& text, std::size_t open) {
  std::vector<std::size_t> borders;
  for (std::size_t i = open + 1; i < text->close[open]; ++i) {
    if (text->commands[i].role == ShellRole::Section) borders.push_back(i);
    if (text->commands[i].role == ShellRole::Open) i = text->close[i];
  }
  borders.push_back(text->close[open]);
  run(text, open + 1, borders.front());
  const ShellState before = snapshot();
  const std::size_t from = state_.written().size();
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
    run(text, borders[i] + 1, borders[i + 1]);
    state_.go_back(before);
  }
  state_.forget_since(from);
}

void ShellWalk::run_loop(const Shared& text, std::size_t open) {
  const std::size_t close = text->close[open];
  const bool before_loop = loop_input_;
  if (close < text->commands.size() && gives_program(text->commands[close])) loop_input_ = true;
  const std::size_t from = state_.written().size();
  std::set<std::string> written;
  if (trials_ == 0) {
    // What one turn sets is not known in the next.
    const ShellState before = snapshot();
    ++trials_;
    run(text, open + 1, text->close[open]);
    --trials_;
    for (std::size_t i = from; i < state_.written().size(); ++i)
      written.insert(state_.written()[i].name);
    state_.go_back(before);
    state_.forget_since(from);
  }
  const std::size_t loops = state_.loops.size();
  const ShellLoop loop = enter_loop(text->commands[open], written);
  if (loop.values.size() != 1) state_.loops.push_back(loop);
  run(text, open + 1, text->close[open]);
  state_.loops.resize(loops);
  state_.forget_since(from);
  loop_input_ = before_loop;
}

ShellLoop ShellWalk::enter_loop(const ShellCommand& head, const std::set<std::string>& written) {
  ShellLoop loop{{}, {}, {}, head.begin, head.end};
  if (head.block != ShellBlock::For || head.words.empty()) return loop;
  ShellCommand words = head;
  state_.expand(words);
  const std::string name(text_at(words, 0));
  if (text_at(words, 1) == "in") loop.values.assign(words.words.begin() + 2, words.words.end());
  const bool known = std::all_of(loop.values.begin(), loop.values.end(), [](const ShellWord& word) {
    return word.known && !holds_variable(word.value.text);
  });
  if (!known || loop.values.empty() || written.count(name) > 0) {
    state_.forget(name, head.begin, head.end);
    loop.values.clear();
    return loop;
  }
  loop.name = name;
  // No name of the environment's: what holds it was read in this loop.
  loop.use = "${env:" + name + "@" + std::to_string(++loops_) + "}";
  ShellWord set;
  set.begin = head.begin;
  set.end = head.end;
  set.value.add(name + "=" + (loop.values.size() == 1 ? loop.values[0].value.text : loop.use),
                head.begin);
  state_.set(set);
  return loop;
}

void ShellWalk::define(const Shared& text, std::size_t open) {
  const std::string name(text_at(text->commands[open], 0));
  Function& function = functions_[name];
  // Of two of one name either may be meant.
  if (function.text != nullptr && !function.called) replaced_.emplace_back(name, function);
  function = {text, open + 1, text->close[open], false};
}

std::size_t ShellWalk::execute(const Shared& text, std::size_t at, std::size_t end) {
  if (!active_.empty() && ++steps_ > kMostSteps) {
    if (steps_ == kMostSteps + 1) visitor_.stop(text->commands[at].begin, text->commands[at].end);
    return 0;
  }
  ShellCommand command = text->commands[at];
  state_.expand(command);
  note_programs(command);
  take_items(command);
  state_.forget_counted(command);
  for (const ShellWord& word : command.defaults) state_.set(word);
  command.defaults.clear();
  const std::size_t first = behind_wrappers(command);
  if (first == command.words.size()) {
    state_.set(command, 0, false);
    if (trials_ == 0) visitor_.set_variables(command);
    return 0;
  }
  if (call(command, first) || run_builtin(command, first) || trials_ > 0) return 0;
  if (run_input(*text, at, command, first)) return 0;
  if (!starts_program(text_at(command, first))) {
    if (holds_program(command.words[first]))
      visitor_.not_read(command, command.words[first]);
    else
      visitor_.pass_over(command, first);
    return 0;
  }
  if (wrapper_) command.gaps.push_back(*wrapper_);
  if (at + 1 == end || text->commands[at + 1].role != ShellRole::Command)
    return visitor_.take(command, first, nullptr) ? 1 : 0;
  ShellCommand next = text->commands[at + 1];
  state_.expand(next);
  return visitor_.take(command, first, &next) ? 1 : 0;
}

/// Remembers which variables are given a command of ours, wherever that is.
void ShellWalk::note_programs(const ShellCommand& command) {
  for (const ShellWord& word : command.words)
    if (const auto set = assignment(word); set && visitor_.names_program(set->value.text))
      programs_.insert(set->name);
  for (const ShellList& list : command.lists)
    for (const ShellWord& word : list.words)
      if (visitor_.names_program(word.value.text)) programs_.insert(list.name);
}

/// Whether a word that is not known stands for a command of ours.
bool ShellWalk::holds_program(const ShellWord& word) const {
  const std::string& text = word.value.text;
  for (std::size_t open = text.find("${"); open != text.npos; open = text.find("${", open + 1)) {
    std::size_t begin = open + 2;
    if (text.compare(open, kVariableOpen.size(), kVariableOpen) == 0)
      begin = open + kVariableOpen.size();
    const std::size_t end = text.find_first_of(":}[?", begin);
    if (end == text.npos) return false;
    if (programs_.count(text.substr(begin, end - begin)) > 0) return true;
    const std::size_t close = text.find('}', end);
    const bool defaults = text.compare(end, 2, ":-") == 0 && close != text.npos;
    if (defaults && visitor_.names_program(text.substr(end + 2, close - end - 2))) return true;
  }
  return false;
}

bool ShellWalk::run_builtin(const ShellCommand& command, std::size_t first) {
  const std::string_view program = text_at(command, first);
  if (among(program, {"export", "declare", "typeset", "local", "readonly"}))
    declare(command, first);
  else if (program == "unset")
    state_.unset(command, first + 1);
  else if (program == "cd" || program == "pushd")
    state_.change_folder(command, first + 1);
  else if (program == "popd")
    state_.forget_folder(command.begin, command.end);
  else if (program == "shift")
    state_.shift(static_cast<std::size_t>(
        std::max<std::int64_t>(0, parse_int64(text_at(command, first + 1)).value_or(1))));
  else if (program == "set" && text_at(command, first + 1) == "--")
    state_.set_arguments(std::vector<ShellWord>(
        command.words.begin() + static_cast<std::ptrdiff_t>(first) + 2, command.words.end()));
  else if (among(program, {"read", "mapfile", "readarray", "getopts", "let", "(("}) ||
           (program == "printf" && text_at(command, first + 1) == "-v"))
    read_variables(command, first + 1);
  else
    return run_text(command, first);
  return true;
}

/// Whether a text that the command reads names a command of ours.
bool ShellWalk::gives_program(const ShellCommand& command) const {
  return std::any_of(command.inputs.begin(), command.inputs.end(),
                     [&](const auto& input) { return visitor_.names_program(input->value.text); });
}

bool ShellWalk::call(const ShellCommand& command, std::size_t first) {
  const auto found = functions_.find(std::string(text_at(command, first)));
  if (found == functions_.end()) return false;
  if (active_.count(found->first) > 0) return true;  // what calls itself is read once
  const std::size_t from = state_.written().size();
  ShellState::Saved own = state_.begin_call(
      {command.words.begin() + static_cast<std::ptrdiff_t>(first) + 1, command.words.end()});
  call(found->second, found->first);
  state_.end_call(std::move(own), from);
  return true;
}

void ShellWalk::call(Function& function, const std::string& name) {
  function.called = true;
  if (depth_ == kDeepest) return;
  // The text may define a function of the same name anew while this one is gone through.
  const Function body = function;
  const std::size_t locals = locals_.size();
  ++depth_;
  active_.insert(name);
  run(body.text, body.begin, body.end);
  active_.erase(name);
  --depth_;
  for (; locals_.size() > locals; locals_.pop_back()) state_.restore(std::move(locals_.back()));
}

}  // namespace ipucnn::importing
