// What a text with commands in it was meant to be, once its commands are known.
#include "import/shell_tidy.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ipucnn::importing {

void settle_pipes(std::vector<ShellCommand>& commands) {
  for (std::size_t i = 0; i + 1 < commands.size(); ++i) {
    const ShellCommand& next = commands[i + 1];
    if (next.role != ShellRole::Command || next.words.empty() ||
        (next.words.front().value.text != "tee" && next.words.front().value.text != "cat"))
      continue;
    std::erase_if(commands[i].gaps, [](const auto& gap) { return gap.kind == ShellGap::Pipe; });
  }
}

void continue_with(ShellCommand& command, ShellCommand next) {
  command.faults.push_back(
      {ShellFault::LostBackslash, command.words.back().begin, command.words.back().end});
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  append(command.words, next.words);
  append(command.faults, next.faults);
  append(command.gaps, next.gaps);
  append(command.used, next.used);
  append(command.unknown, next.unknown);
  command.ends_line = next.ends_line;
  command.end = next.end;
}

void join_options(std::vector<ShellCommand>& commands, const std::vector<bool>& joins) {
  std::vector<ShellCommand> joined;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    ShellCommand& here = commands[i];
    const bool options = here.role == ShellRole::Command && !here.words.empty() &&
                         here.words.front().value.text.size() > 1 &&
                         here.words.front().value.text.front() == '-' && !here.prompted;
    if (!options || joined.empty() || joined.back().role != ShellRole::Command ||
        joined.back().words.empty() || !joined.back().ends_line || !joins[i]) {
      joined.push_back(std::move(here));
      continue;
    }
    continue_with(joined.back(), std::move(here));
  }
  commands = std::move(joined);
}

void keep_prompted(std::vector<ShellCommand>& commands) {
  const bool prompts = std::any_of(commands.begin(), commands.end(),
                                   [](const ShellCommand& c) { return c.prompted; });
  if (!prompts) return;
  bool kept = false;  // behind `&&` and `;`, and in a block, the prompt still holds
  bool new_line = true;
  std::size_t depth = 0;
  std::erase_if(commands, [&](const ShellCommand& c) {
    if (depth == 0) kept = c.prompted || (kept && !new_line);
    if (c.role == ShellRole::Open) ++depth;
    if (c.role == ShellRole::Close && depth > 0) --depth;
    new_line = c.ends_line;
    return !kept;
  });
}

}  // namespace ipucnn::importing
