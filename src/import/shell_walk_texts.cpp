// Texts that a text hands to a shell: by -c, by eval, and as its input.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "import/named_programs.h"
#include "import/printed_text.h"
#include "import/shell_names.h"
#include "import/shell_walk.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn::importing {
namespace {

/// A shell by its name.
bool is_shell(std::string_view word) {
  constexpr std::string_view kNames[] = {"bash", "sh", "dash", "zsh", "ksh", "ash"};
  return std::find(std::begin(kNames), std::end(kNames), load::base_name(word)) != std::end(kNames);
}

/// Takes the commands of $(..) out.
void leave_substituted(std::vector<ShellCommand>& commands) {
  std::size_t depth = 0;
  std::erase_if(commands, [&](const ShellCommand& command) {
    const bool border = command.substituted;
    if (border && command.role == ShellRole::Open) ++depth;
    const bool inside = depth > 0;
    if (border && command.role == ShellRole::Close) --depth;
    return inside;
  });
}

/// How a program takes its input.
enum class Input : std::uint8_t {
  Other,    ///< as data
  Shell,    ///< as commands
  Wrapped,  ///< hands it to a shell elsewhere
  Copied,   ///< writes it to its output, or to the files that it names
};

/// What the options of a shell say of the words behind them.
struct ShellOptions {
  bool text = false;        ///< -c: the first of them is its commands
  bool input = false;       ///< -s: it reads its input all the same
  std::size_t operand = 0;  ///< the first that is no option; all words where there is none
};

ShellOptions shell_options(const ShellCommand& command, std::size_t first) {
  ShellOptions found;
  std::size_t& at = found.operand;
  for (at = first + 1; at < command.words.size(); ++at) {
    const std::string_view word = text_at(command, at);
    if (word == "--" || word == "-") {
      ++at;
      break;
    }
    if (word.size() < 2 || (word[0] != '-' && word[0] != '+')) break;
    if (word.starts_with("--")) {
      if (word == "--rcfile" || word == "--init-file") ++at;
      continue;
    }
    for (const char letter : word.substr(1)) {
      if (letter == 'o' || letter == 'O') ++at;  // its value stands behind
      found.text = found.text || (letter == 'c' && word[0] == '-');
      found.input = found.input || (letter == 's' && word[0] == '-');
    }
  }
  at = std::min(at, command.words.size());
  return found;
}

/// Whether a shell has no words that name what it runs.
bool reads_input(const ShellCommand& command, std::size_t first) {
  const ShellOptions options = shell_options(command, first);
  if (options.text) return false;
  return options.input || options.operand == command.words.size() ||
         text_at(command, options.operand) == "/dev/stdin";
}

/// `ssh HOST` alone gives a shell.
bool has_remote_command(const ShellCommand& command, std::size_t first) {
  constexpr std::string_view kWithValue = "bcDEeFIiJLlmOopQRSWw";
  bool host = false;
  for (std::size_t i = first + 1; i < command.words.size(); ++i) {
    const std::string_view word = text_at(command, i);
    if (word.size() == 2 && word[0] == '-' && kWithValue.find(word[1]) != word.npos)
      ++i;
    else if (!word.starts_with('-') && std::exchange(host, true))
      return true;
  }
  return false;
}

Input input_kind(const ShellCommand& command, std::size_t first) {
  const std::string_view program = load::base_name(text_at(command, first));
  if (is_shell(program)) return reads_input(command, first) ? Input::Shell : Input::Other;
  if (program == "source" || program == ".")
    return text_at(command, first + 1) == "/dev/stdin" ? Input::Shell : Input::Other;
  if (program == "cat" || program == "tee" || program == "dd") return Input::Copied;
  constexpr std::string_view kQueues[] = {"sbatch", "qsub", "bsub", "at", "batch", "parallel"};
  if (std::find(std::begin(kQueues), std::end(kQueues), program) != std::end(kQueues))
    return Input::Wrapped;
  if (!starts_commands(program)) return Input::Other;
  if (program == "ssh" && !has_remote_command(command, first)) return Input::Wrapped;
  for (std::size_t i = first + 1; i < command.words.size(); ++i) {
    const std::string_view word = text_at(command, i);
    if (is_shell(word.substr(0, word.find(' '))) && reads_input(command, i)) return Input::Wrapped;
  }
  return program == "su" ? Input::Wrapped : Input::Other;
}

/// Whether a file of this name, or with this text in it, is run by a shell.
bool is_script_file(std::string_view name, std::string_view text) {
  if (has_shell_name(name)) return true;
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.starts_with("#!") && line.find("sh") != line.npos;
}

bool writes_script(const ShellCommand& command, std::size_t first, std::string_view text) {
  const auto is_script = [&](const ShellWord& word) {
    const std::string_view name = word.value.text;
    return is_script_file(name.substr(name.starts_with("of=") ? 3 : 0), text);
  };
  if (std::any_of(command.outputs.begin(), command.outputs.end(), is_script)) return true;
  return load::base_name(text_at(command, first)) != "cat" &&
         std::any_of(command.words.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                     command.words.end(), is_script);
}

}  // namespace

bool ShellWalk::run_text(const ShellCommand& command, std::size_t first) {
  const std::string_view program = load::base_name(text_at(command, first));
  if (program == "eval") return eval(command, first);
  if (program == "trap") return set_trap(command, first);
  if (program == "source" || program == ".") return printed_by_process(command, first);
  if (!is_shell(program)) return starts_commands(program) && run_wrapped(command, first);
  if (const ShellOptions options = shell_options(command, first); options.text) {
    if (options.operand == command.words.size()) return false;
    start_shell(command, first, options.operand);
    return true;
  }
  return printed_by_process(command, first);
}

/// `NAME=VALUE bash -c TEXT NAME WORD..`: the shell knows the variable, and the words as its own.
void ShellWalk::start_shell(const ShellCommand& command, std::size_t first, std::size_t operand) {
  const ShellState before = snapshot();
  const ShellWord& text = command.words[operand];
  ShellCommand front;
  for (std::size_t i = 0; i < first; ++i) {
    // A text that has the variable from outside means the one that was there before.
    const auto set = assignment(command.words[i]);
    const std::string outside = set ? std::string(kVariableOpen) + set->name : std::string();
    if (set && text.value.text.find(outside) == std::string::npos)
      front.words.push_back(command.words[i]);
  }
  state_.set(front, 0, true);
  std::optional<std::vector<ShellWord>> own;
  if (text.known && operand + 1 < command.words.size())
    own.emplace(command.words.begin() + static_cast<std::ptrdiff_t>(operand) + 2,
                command.words.end());
  read_in_a_shell(text, std::move(own));
  state_ = before;
}

/// What `trap` is given is run at some time behind it.
bool ShellWalk::set_trap(const ShellCommand& command, std::size_t first) {
  std::size_t at = first + 1;
  if (text_at(command, at) == "--") ++at;
  if (at + 1 >= command.words.size() || text_at(command, at).starts_with('-')) return true;
  const ShellState before = snapshot();
  read_again(command.words[at]);
  state_ = before;
  return true;
}

/// `source <(echo TEXT)`: the text is commands, and what prints it is read as a program.
bool ShellWalk::printed_by_process(const ShellCommand& command, std::size_t first) {
  const std::string_view word = text_at(command, first + 1);
  const std::string_view program = word.substr(0, 2) == "<(" ? word.substr(2) : std::string_view();
  const bool prints =
      program.starts_with("echo ") || program.starts_with("printf ") || program.starts_with("cat ");
  if (!prints || !visitor_.names_program(program)) return false;
  if (trials_ == 0) visitor_.not_read(command, command.words[first + 1]);
  return true;
}

bool ShellWalk::eval(const ShellCommand& command, std::size_t first) {
  ShellWord text;
  for (std::size_t i = first + 1; i < command.words.size(); ++i)
    text.known = add_word(command.words[i], 0, text.value) && text.known;
  // What is not known can be all of a text, as in `eval "$(conda shell.bash hook)"`.
  if (text.known || holds_program(text) || visitor_.names_program(text.value.text))
    read_again(text);
  return true;
}

/// `sbatch --wrap TEXT`, `ssh HOST TEXT`: what the program starts is read, and the program left
/// out.
bool ShellWalk::run_wrapped(const ShellCommand& command, std::size_t first) {
  bool found = false;
  for (std::size_t i = first + 1; i < command.words.size(); ++i) {
    const ShellWord& word = command.words[i];
    const std::string& whole = word.value.text;
    const std::size_t equals = whole.starts_with("--") ? whole.find('=') : std::string::npos;
    const std::size_t from = equals < whole.find(' ') ? equals + 1 : 0;
    if (whole.find_first_of(" \n") == std::string::npos || !visitor_.names_program(whole)) continue;
    ShellWord text;
    text.known = add_word(word, from, text.value);
    found = true;
    const auto before = wrapper_;
    wrapper_ = {ShellGap::Wrapper, command.words[first].begin, word.begin};
    read_in_a_shell(text);
    wrapper_ = before;
  }
  return found;
}

bool ShellWalk::run_input(const Text& text, std::size_t at, const ShellCommand& command,
                          std::size_t first) {
  const std::string_view program = text_at(command, first);
  const bool prints = program == "echo" || program == "printf";
  const Input kind = prints ? Input::Copied : input_kind(command, first);
  if (kind == Input::Other) return false;
  const ShellWord given = prints ? printed_text(command, first) : input_of(text, at, command);
  if (given.value.text.empty()) return false;
  if (kind == Input::Copied && !writes_script(command, first, given.value.text)) return false;
  const auto before = wrapper_;
  if (kind == Input::Wrapped)
    wrapper_ = {ShellGap::Wrapper, command.words[first].begin, command.words.back().end};
  read_in_a_shell(given);
  wrapper_ = before;
  return true;
}

/// What a command reads: the last of its own texts, or what the command in front of its pipe
/// prints.
ShellWord ShellWalk::input_of(const Text& text, std::size_t at, const ShellCommand& command) const {
  if (!command.inputs.empty()) return *command.inputs.back();
  if (command.link != ShellLink::Pipe || at == 0) return {};
  ShellCommand writer = text.commands[at - 1];
  if (writer.role != ShellRole::Command) return {};
  state_.expand(writer);
  const std::string_view program = text_at(writer, 0);
  if (program == "echo" || program == "printf") return printed_text(writer, 0);
  return program == "cat" && !writer.inputs.empty() ? *writer.inputs.back() : ShellWord{};
}

/// A text that a shell of its own goes through: it knows what is exported, and the words that it is
/// given, if these are known.
void ShellWalk::read_in_a_shell(const ShellWord& text, std::optional<std::vector<ShellWord>> own) {
  const ShellState before = snapshot();
  state_.keep_exported();
  state_.leave_arguments();
  if (own) state_.set_arguments(*std::move(own));
  read_again(text);
  state_ = before;
}

/// A text that is made of words that were read before, in which `${env:NAME}` is `${NAME}`: the
/// environment's, whatever the text has set since. Where some of it is not known, each $(..) stands
/// in it as it was written, and was gone through there.
void ShellWalk::read_again(const ShellWord& word) {
  if (depth_ == kDeepest) return;
  const Located& text = word.value;
  Located plain;
  std::vector<ShellState::Saved> shadowed;
  for (std::size_t i = 0; i < text.text.size(); ++i) {
    plain.add(text.text[i], text.from[i]);
    if (text.text.compare(i, kVariableOpen.size(), kVariableOpen) != 0) continue;
    plain.add('{', text.from[i]);
    i += kVariableOpen.size() - 1;
    const std::string name = text.text.substr(i + 1, text.text.find_first_of(":}", i + 1) - i - 1);
    shadowed.push_back(state_.save(name));
    if (shadowed.back().variable) state_.forget(name, text.from[i], text.from[i] + 1);
  }
  ++depth_;
  std::vector<ShellCommand> commands = read_shell(plain);
  if (!word.known) leave_substituted(commands);
  const Shared inner = text_of(std::move(commands));
  run(inner, 0, inner->commands.size());
  --depth_;
  for (; !shadowed.empty(); shadowed.pop_back()) state_.restore(std::move(shadowed.back()));
}

}  // namespace ipucnn::importing
