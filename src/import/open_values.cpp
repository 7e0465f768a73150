#include "import/open_values.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace ipucnn::importing {
namespace {

using Gap = ShellMark<ShellGap>;

/// `(date)` for `$(date)`; what would end the name early is left out of it.
std::string name_of(std::string_view written) {
  std::string name(written.substr(1));
  if (written.starts_with('`'))
    name = "(" + name.substr(0, name.size() - 1) + ")";
  else if (written.starts_with("${"))
    name = name.substr(1, name.size() - 2);
  const bool whole = (written.starts_with('$') || written.starts_with('`')) &&
                     name.find_first_of("}:\n") == std::string::npos;
  return whole ? name : "(..)";
}

/// Not so `{a,b}`, nor what a list comes to, in quotes or not.
bool is_one_word(std::string_view written) {
  if (!written.starts_with('$') && !written.starts_with('`'))
    return written.find('*') != written.npos && written.find('{') == written.npos;
  return !written.starts_with("${@") && !written.starts_with("${*") &&
         written.find("[@]") == written.npos && written.find("[*]") == written.npos;
}

/// Whether the gap stood in the text.
bool open_one(Located& value, const Gap& gap) {
  const auto inside = [&](std::uint32_t at) { return at >= gap.begin && at < gap.end; };
  const auto first = std::find_if(value.from.begin(), value.from.end(), inside);
  const auto last = std::find_if_not(first, value.from.end(), inside);
  auto begin = static_cast<std::size_t>(first - value.from.begin());
  const auto end = static_cast<std::size_t>(last - value.from.begin());
  std::string_view written = std::string_view(value.text).substr(begin, end - begin);
  // A pattern is taken for all of its word; its option is none of it.
  if (const std::size_t equals = written.find('='); written.starts_with('-') && equals < end) {
    begin += equals + 1;
    written.remove_prefix(equals + 1);
  }
  if (written.size() < 2 || !is_one_word(written)) return false;
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
