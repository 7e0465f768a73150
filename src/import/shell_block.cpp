#include "import/shell_block.h"

#include <algorithm>
#include <utility>

namespace ipucnn::importing {
namespace {

/// A $(..) that stands in more of them is not looked into.
constexpr int kDeepestSubstitution = 8;

}  // namespace

void BlockReader::add_word(std::string_view text, std::size_t begin, std::size_t end) {
  ShellWord word;
  word.value.add(text, offset(begin));
  word.begin = offset(begin);
  word.end = end_offset(end);
  if (command_.words.empty()) command_.begin = word.begin;
  command_.words.push_back(std::move(word));
}

void BlockReader::push_word(ShellWord word) {
  if (command_.words.empty() && command_.lists.empty()) command_.begin = word.begin;
  command_.end = word.end;
  command_.words.push_back(std::move(word));
}

void BlockReader::end_command(bool at_line_end) {
  command_.ends_line = at_line_end;
  if (!command_.words.empty() || !command_.lists.empty() || !command_.defaults.empty()) {
    add_entry();
    end_functions();
  } else {
    gap_above_ = gap_above_ || at_line_end;
    command_ = {};
    // Those of a redirection behind a block belong to no command.
    if (at_line_end)
      for (const Located& text : std::exchange(substituted_, {})) add_substituted(text);
    if (!at_line_end) link_ = ShellLink::None;
  }
}

void BlockReader::add_entry() {
  for (const Located& text : std::exchange(substituted_, {})) add_substituted(text);
  if (command_.role == ShellRole::Command || command_.role == ShellRole::Open)
    command_.link = std::exchange(link_, ShellLink::None);
  if (command_.link == ShellLink::Pipe && command_.role == ShellRole::Command)
    command_.gaps.push_back({ShellGap::Input, command_.begin, command_.end});
  commands_.push_back(std::move(command_));
  joins_.push_back(!gap_above_);
  gap_above_ = false;
  command_ = {};
}

void BlockReader::add_substituted(const Located& text) {
  if (depth_ == kDeepestSubstitution) return;
  ShellCommand border;
  border.role = ShellRole::Open;
  border.block = ShellBlock::Subshell;
  border.substituted = true;
  joins_.resize(commands_.size(), false);
  commands_.push_back(border);
  for (ShellCommand& command : read_shell(text, depth_ + 1))
    commands_.push_back(std::move(command));
  border.role = ShellRole::Close;
  commands_.push_back(std::move(border));
  joins_.resize(commands_.size(), false);
}

bool BlockReader::open(ShellBlock kind, std::size_t begin) {
  command_.begin = offset(begin);
  command_.end = end_offset(std::max(begin + 1, at_));
  add_border(ShellRole::Open, kind);
  open_.push_back({kind});
  return true;
}

void BlockReader::add_border(ShellRole role, ShellBlock kind) {
  command_.role = role;
  command_.block = kind;
  add_entry();
}

void BlockReader::close(ShellBlock kind) {
  const auto same = [&](const OpenBlock& block) {
    return block.kind == kind || (kind == ShellBlock::Loop && block.kind == ShellBlock::For);
  };
  const auto found = std::find_if(open_.rbegin(), open_.rend(), same);
  if (found == open_.rend()) return;
  const auto left = static_cast<std::size_t>(open_.rend() - found) - 1;
  while (open_.size() > left) close_last();
  end_functions();
}

void BlockReader::close_last() {
  const ShellBlock kind = open_.back().kind;
  open_.pop_back();
  add_border(ShellRole::Close, kind);
}

void BlockReader::end_functions() {
  while (!open_.empty() && open_.back().kind == ShellBlock::Function) close_last();
}

void BlockReader::close_all() {
  while (!open_.empty()) close_last();
}

}  // namespace ipucnn::importing
