#include "import/open_values.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace ipucnn::importing {
namespace {

using Gap = ShellMark<ShellGap>;

/// `(date)` for `$(date)`; what would end the name early is left out of it.
std::string name_of(std::string_view written) {
  if (written.starts_with('`'))
    return "(" + std::string(written.substr(1, written.size() - 2)) + ")";
  written.remove_prefix(1);
  if (written.starts_with('{')) written = written.substr(1, written.size() - 2);
  const bool whole = written.find_first_of("}:\n") == written.npos;
  return whole ? std::string(written) : "(..)";
}

/// Whether the gap stood in the text.
bool open_one(Located& value, const Gap& gap) {
  const auto inside = [&](std::uint32_t at) { return at >= gap.begin && at < gap.end; };
  const auto first = std::find_if(value.from.begin(), value.from.end(), inside);
  const auto last = std::find_if_not(first, value.from.end(), inside);
  const auto begin = static_cast<std::size_t>(first - value.from.begin());
  const auto end = static_cast<std::size_t>(last - value.from.begin());
  const std::string_view written = std::string_view(value.text).substr(begin, end - begin);
  if (written.size() < 2 || (written.front() != '$' && written.front() != '`')) return false;
  value.replace(begin, end, std::string(kVariableOpen) + name_of(written) + "}");
  return true;
}

}  // namespace

std::vector<ShellUnknown> open_values(ShellCommand& command, CommandLine& line) {
  std::vector<Located*> values;
  for (Assignment& set : line.env) values.push_back(&set.value);
  for (ShellWord& word : line.launch) values.push_back(&word.value);
  for (ShellWord& word : line.options) values.push_back(&word.value);
  std::vector<ShellUnknown> opened;
  std::erase_if(command.gaps, [&](const Gap& gap) {
    if (gap.kind != ShellGap::Substitution) return false;
    bool found = false;
    for (Located* value : values) found = open_one(*value, gap) || found;
    if (found) opened.push_back({{}, gap.begin, gap.end});
    return found;
  });
  return opened;
}

}  // namespace ipucnn::importing
