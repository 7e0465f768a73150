#include "import/shell_state.h"

#include <algorithm>
#include <utility>

namespace ipucnn::importing {

void ShellState::set(const ShellCommand& command, std::size_t first, bool exporting) {
  for (std::size_t i = first; i < command.words.size(); ++i) {
    auto given = assignment(command.words[i]);
    const std::string name = given ? given->name : command.words[i].value.text;
    if (given) variables_[name] = std::move(*given);
    if (exporting && std::find(exported_.begin(), exported_.end(), name) == exported_.end())
      exported_.push_back(name);
  }
}

void ShellState::unset(const ShellCommand& command, std::size_t first) {
  for (std::size_t i = first; i < command.words.size(); ++i)
    variables_.erase(command.words[i].value.text);
}

void ShellState::change_folder(const ShellCommand& command, std::size_t first) {
  if (first >= command.words.size()) return;
  ShellWord folder = command.words[first];
  const std::string path = folder.value.text;
  const bool absolute = path.substr(0, 1) == "/" || path.substr(0, 6) == "${env:";
  if (folder_ && !absolute) folder.value.text = folder_->value.text + "/" + path;
  folder.value.from.resize(folder.value.text.size(), folder.begin);
  folder_ = std::move(folder);
  folder_depth_ = command.depth;
}

void ShellState::expand(ShellCommand& command) {
  if (folder_ && command.depth < folder_depth_) folder_.reset();
  for (ShellWord& word : command.words) expand(word, command.used);
}

void ShellState::expand(ShellWord& word, std::vector<std::string>& used) const {
  constexpr std::string_view kOpen = "${env:";
  std::string& text = word.value.text;
  std::vector<std::uint32_t>& from = word.value.from;
  for (std::size_t open = text.find(kOpen); open != std::string::npos;) {
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) return;
    const std::string inside = text.substr(open + kOpen.size(), close - open - kOpen.size());
    const auto known = variables_.find(inside.substr(0, inside.find(':')));
    std::size_t behind = close + 1;
    if (known != variables_.end()) {
      used.push_back(known->first);
      const std::string& value = known->second.value.text;
      std::vector<std::uint32_t> places(value.size(), from[open]);
      if (!places.empty()) places.back() = from[close];
      text.replace(open, behind - open, value);
      const auto at = [&](std::size_t i) { return from.begin() + static_cast<std::ptrdiff_t>(i); };
      from.erase(at(open), at(behind));
      from.insert(at(open), places.begin(), places.end());
      behind = open + value.size();
    }
    open = text.find(kOpen, behind);
  }
}

std::vector<Assignment> ShellState::exported() const {
  std::vector<Assignment> all;
  for (const std::string& name : exported_)
    if (const auto known = variables_.find(name); known != variables_.end())
      all.push_back(known->second);
  return all;
}

}  // namespace ipucnn::importing
