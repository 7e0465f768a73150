#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "import/shell_state.h"

namespace ipucnn::importing {

/// What a walk through a text meets. Words have their values put in.
class ShellVisitor {
 public:
  virtual ~ShellVisitor() = default;
  /// A command whose word `first` starts one of our programs. `next` is the one on the line below,
  /// null when there is none; true when that belongs to this one.
  virtual bool take(ShellCommand& command, std::size_t first, const ShellCommand* next) = 0;
  /// Any other program.
  virtual void pass_over(const ShellCommand& command, std::size_t first) = 0;
  virtual void set_variables(const ShellCommand& command) = 0;
  /// Whether a text names a program that must not be passed over in silence.
  virtual bool names_program(std::string_view text) const = 0;
  /// A word that starts a command which names such a program, and which cannot be read.
  virtual void not_read(const ShellCommand& command, const ShellWord& word) = 0;
  /// A place from which on more comes than is read.
  virtual void stop(std::uint32_t begin, std::uint32_t end) = 0;
};

/// Goes through a text as a shell would, every branch of it, and starts nothing. What a variable is
/// behind a branch or a loop that sets it is not known; a function is gone through at each call, or
/// at the end of the text when nothing calls it. It is taken for granted that commands in front of
/// `&&` succeed unless they are tests, that a file that is sourced sets nothing anew, and that a
/// variable that is not known is one word.
class ShellWalk {
 public:
  explicit ShellWalk(ShellVisitor& visitor) : visitor_(visitor) {}

  /// In the folder that the text begins in.
  void go(std::vector<ShellCommand> commands);
  /// Ends what a text began: nothing of it is known any more.
  void finish();
  const ShellState& state() const { return state_; }

 private:
  /// Deeper than any script of people; each level is a call on the stack.
  static constexpr std::size_t kDeepest = 60;

  struct Text {
    std::vector<ShellCommand> commands;
    std::vector<std::size_t> close;  ///< of each border that opens
  };
  struct Function {
    std::shared_ptr<const Text> text;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool called = false;
  };
  /// Commands joined by `&&` and `||`.
  struct Chain {
    bool behind_test = false;
    bool doubtful = false;
    std::size_t from = 0;  ///< what was written from there on is doubtful
  };
  using Shared = std::shared_ptr<const Text>;

  void read_uncalled(Function& function, const std::string& name);
  ShellState snapshot();
  void stop_at(const ShellCommand& entry);
  static Shared text_of(std::vector<ShellCommand> commands);
  void run(const Shared& text, std::size_t begin, std::size_t end);
  void link(Chain& chain, const ShellCommand& entry);
  void end_chain(Chain& chain);
  void run_block(const Shared& text, std::size_t open);
  void run_branches(const Shared& text, std::size_t open);
  void run_loop(const Shared& text, std::size_t open);
  ShellLoop enter_loop(const ShellCommand& head, const std::set<std::string>& written);
  void define(const Shared& text, std::size_t open);
  /// How many further entries it took.
  std::size_t execute(const Shared& text, std::size_t at, std::size_t end);
  /// A command of the shell itself: true when it is one.
  bool run_builtin(const ShellCommand& command, std::size_t first);
  void take_items(ShellCommand& command);
  void declare(const ShellCommand& command, std::size_t first);
  void read_variables(const ShellCommand& command, std::size_t first);
  bool gives_program(const ShellCommand& command) const;
  void note_programs(const ShellCommand& command);
  bool holds_program(const ShellWord& word) const;
  bool run_text(const ShellCommand& command, std::size_t first);
  bool eval(const ShellCommand& command, std::size_t first);
  bool set_trap(const ShellCommand& command, std::size_t first);
  bool printed_by_process(const ShellCommand& command, std::size_t first);
  bool run_wrapped(const ShellCommand& command, std::size_t first);
  /// Goes through the input of entry `at` where its program takes it for commands, or writes it to
  /// a script: true when it does.
  bool run_input(const Text& text, std::size_t at, const ShellCommand& command, std::size_t first);
  ShellWord input_of(const Text& text, std::size_t at, const ShellCommand& command) const;
  void start_shell(const ShellCommand& command, std::size_t first, std::size_t operand);
  void read_in_a_shell(const ShellWord& text, std::optional<std::vector<ShellWord>> own = {});
  void read_again(const ShellWord& word);
  bool call(const ShellCommand& command, std::size_t first);
  void call(Function& function, const std::string& name);

  ShellVisitor& visitor_;
  ShellState state_;
  std::map<std::string, Function> functions_;
  std::vector<std::pair<std::string, Function>> replaced_;  ///< before anything called them
  std::set<std::string> active_;                ///< functions that are being gone through
  std::set<std::string> programs_;              ///< variables that held a command of ours somewhere
  std::optional<ShellMark<ShellGap>> wrapper_;  ///< what starts the text that is gone through
  std::vector<ShellState::Saved> locals_;
  bool loop_input_ = false;     ///< what the loop reads names a command of ours
  std::size_t depth_ = 0;       ///< of blocks and calls
  std::size_t trials_ = 0;      ///< nothing is visited: only what is written counts
  std::size_t steps_ = 0;       ///< commands of calls
  std::size_t loops_ = 0;       ///< that were entered
  std::size_t remembered_ = 0;  ///< variables of all snapshots
  bool stopped_ = false;        ///< and it was said
};

}  // namespace ipucnn::importing
