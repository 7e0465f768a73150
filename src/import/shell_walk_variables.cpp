// Commands that set variables.
#include <algorithm>

#include "import/shell_walk.h"

namespace ipucnn::importing {

/// Takes `LIST[1]=VALUE` from what stands in front of a program, where it is an assignment.
void ShellWalk::take_items(ShellCommand& command) {
  auto end = command.words.begin();
  while (end != command.words.end() && (assignment(*end) || !list_of_item(end->value.text).empty()))
    ++end;
  const auto is_item = [&](const ShellWord& word) { return state_.forget_list(word); };
  command.words.erase(std::remove_if(command.words.begin(), end, is_item), end);
}

void ShellWalk::declare(const ShellCommand& command, std::size_t first) {
  const std::string_view program = text_at(command, first);
  if (program == "local" && active_.empty()) return;
  bool exports = program == "export";
  bool refers = false;
  for (std::size_t i = first + 1; i < command.words.size(); ++i) {
    const ShellWord& word = command.words[i];
    if (word.value.text.starts_with('-')) {
      exports = exports || word.value.text.find('x') != std::string::npos;
      refers = refers || word.value.text.find('n') != std::string::npos;
      continue;
    }
    const auto given = assignment(word);
    const std::string name = given ? given->name : word.value.text;
    if (program != "local") continue;
    locals_.push_back(state_.save(name));
    if (!given) state_.forget(name, word.begin, word.end);
  }
  if (program == "local")
    for (const ShellList& list : command.lists) locals_.push_back(state_.save(list.name));
  state_.set(command, first + 1, exports);
  // Another name for a variable: either may be set by the other from now on.
  for (std::size_t i = first + 1; refers && i < command.words.size(); ++i)
    if (const auto given = assignment(command.words[i]))
      for (const std::string& name : {given->name, given->value.text})
        state_.forget(name, given->begin, given->end);
  if (trials_ == 0) visitor_.set_variables(command);
}

/// Names among the words of a command that sets what it names.
void ShellWalk::read_variables(const ShellCommand& command, std::size_t first) {
  const bool programs = loop_input_ || gives_program(command);
  const bool prints = text_at(command, first - 1) == "printf";
  if (prints && text_at(command, first) != "-v") return;
  for (std::size_t i = first; i < command.words.size(); ++i) {
    const ShellWord& word = command.words[i];
    const std::string name = word.value.text.substr(0, word.value.text.find_first_of("=+-*/["));
    if (!is_variable_name(name)) continue;
    state_.forget(name, word.begin, word.end);
    if (programs) programs_.insert(name);
  }
}

}  // namespace ipucnn::importing
