#include "import/shell_state.h"

#include <algorithm>
#include <utility>

namespace ipucnn::importing {

std::string list_of_item(std::string_view word) {
  const std::size_t open = std::min(word.find('['), word.size());
  const std::size_t close = word.find(']', open);
  const std::string_view behind = word.substr(std::min(close, word.size() - 1) + 1);
  const bool is_item =
      close != word.npos && (behind.empty() || behind.starts_with('=') || behind.starts_with("+="));
  const std::string name(word.substr(0, open));
  return is_item && is_variable_name(name) ? name : std::string();
}

std::vector<std::string> names_set_by(std::string_view arithmetic) {
  constexpr std::string_view kSetting[] = {
      "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>="};
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
  };
  std::vector<std::string> names;
  for (std::size_t at = 0; at < arithmetic.size();) {
    if (!is_name(arithmetic[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < arithmetic.size() && is_name(arithmetic[end])) ++end;
    std::string_view behind = arithmetic.substr(end);
    behind.remove_prefix(std::min(behind.find_first_not_of(' '), behind.size()));
    const std::string_view before = arithmetic.substr(0, at);
    const bool sets = std::any_of(std::begin(kSetting), std::end(kSetting),
                                  [&](std::string_view sign) { return behind.starts_with(sign); });
    const bool assigns = behind.starts_with('=') && !behind.starts_with("==");
    const bool counts = before.ends_with("++") || before.ends_with("--");
    const std::string name(arithmetic.substr(at, end - at));
    if ((sets || assigns || counts) && is_variable_name(name)) names.push_back(name);
    at = end;
  }
  return names;
}

void ShellState::write(const std::string& name, Variable variable) {
  for (const ShellWord& word : variable.words)
    variable.known = variable.known && word.value.text.size() <= kLongestText;
  written_.push_back({name, variable.begin, variable.end});
  variables_[name] = std::move(variable);
}

void ShellState::set(const ShellWord& assigned) {
  const auto given = assignment(assigned);
  if (!given) return;
  Variable variable{{assigned}, assigned.known, false, given->begin, given->end};
  variable.words.front().value = given->value;
  if (given->appends) {
    const auto before = variables_.find(given->name);
    const bool known =
        before != variables_.end() && before->second.known && !before->second.is_list;
    if (known) {
      Located value = before->second.words.front().value;
      for (std::size_t i = 0; i < given->value.text.size(); ++i)
        value.add(given->value.text[i], given->value.from[i]);
      variable.words.front().value = std::move(value);
    }
    variable.known = variable.known && known;
  }
  write(given->name, std::move(variable));
}

void ShellState::set_list(const ShellList& list) {
  Variable variable{list.words, true, true, list.begin, list.end};
  const auto before = variables_.find(list.name);
  if (list.appends && before != variables_.end()) {
    variable.known = before->second.known;
    variable.words.insert(variable.words.begin(), before->second.words.begin(),
                          before->second.words.end());
  }
  std::size_t size = 0;
  for (const ShellWord& word : variable.words) {
    size += word.value.text.size() + 1;
    // `[KEY]=VALUE` is an item of a table, or of another place.
    const bool keyed =
        word.value.text.starts_with('[') && word.value.text.find("]=") != std::string::npos;
    variable.known = variable.known && word.known && !keyed;
  }
  variable.known = variable.known && size <= kLongestText;
  if (!variable.known) variable.words.clear();
  write(list.name, std::move(variable));
}

void ShellState::set(const ShellCommand& command, std::size_t first, bool exporting) {
  for (const ShellList& list : command.lists) set_list(list);
  for (const ShellWord& word : command.defaults) set(word);
  for (std::size_t i = first; i < command.words.size(); ++i) {
    const auto given = assignment(command.words[i]);
    set(command.words[i]);
    forget_list(command.words[i]);
    const std::string name = given ? given->name : command.words[i].value.text;
    if (exporting && std::find(exported_.begin(), exported_.end(), name) == exported_.end())
      exported_.push_back(name);
  }
}

void ShellState::unset(const ShellCommand& command, std::size_t first) {
  for (std::size_t i = first; i < command.words.size(); ++i) {
    const ShellWord& word = command.words[i];
    if (word.value.text.starts_with('-') || forget_list(word)) continue;
    std::erase(exported_, word.value.text);
    write(word.value.text, {{ShellWord{}}, true, false, word.begin, word.end});
  }
}

void ShellState::forget(const std::string& name, std::uint32_t begin, std::uint32_t end) {
  write(name, {{}, false, false, begin, end});
}

bool ShellState::forget_list(const ShellWord& item) {
  const std::string list = list_of_item(item.value.text);
  if (!list.empty()) forget(list, item.begin, item.end);
  return !list.empty();
}

void ShellState::forget_counted(const ShellCommand& command) {
  for (const ShellWord& word : command.words) {
    const std::string_view text = word.value.text;
    for (std::size_t open = text.find("$(("); open != text.npos; open = text.find("$((", open + 1))
      for (const std::string& name : names_set_by(text.substr(open, text.find("))", open) - open)))
        forget(name, word.begin, word.end);
  }
}

void ShellState::change_folder(const ShellCommand& command, std::size_t first) {
  ShellWord folder = command.words[first - 1];
  folder.value.text = "${env:HOME}";
  while (first < command.words.size() && command.words[first].value.text.starts_with('-') &&
         command.words[first].value.text != "-")
    ++first;
  if (first < command.words.size()) folder = command.words[first];
  const std::string path = folder.value.text;
  written_.push_back({{}, folder.begin, folder.end});
  const bool absolute = path.starts_with('/') || path.starts_with(kVariableOpen);
  if (!folder.known || path == "-" || (unknown_folder_ && !absolute)) {
    folder_.reset();
    if (!unknown_folder_ || !folder.known) unknown_folder_ = written_.back();
    return;
  }
  if (folder_ && !absolute) folder.value.text = folder_->value.text + "/" + path;
  folder.value.from.assign(folder.value.text.size(), folder.begin);
  folder_ = std::move(folder);
  unknown_folder_.reset();
}

void ShellState::forget_folder(std::uint32_t begin, std::uint32_t end) {
  written_.push_back({{}, begin, end});
  folder_.reset();
  unknown_folder_ = written_.back();
}

void ShellState::leave_folder() {
  folder_.reset();
  unknown_folder_.reset();
}

void ShellState::set_arguments(std::vector<ShellWord> words) {
  write("@", {std::move(words), true, true, 0, 0});
}

void ShellState::leave_arguments() { variables_.erase("@"); }

void ShellState::shift(std::size_t count) {
  const auto found = variables_.find("@");
  if (found == variables_.end()) return;
  Variable rest = found->second;
  const auto gone = static_cast<std::ptrdiff_t>(std::min(count, rest.words.size()));
  rest.words.erase(rest.words.begin(), rest.words.begin() + gone);
  write("@", std::move(rest));
}

void ShellState::go_back(const ShellState& before) {
  std::vector<ShellUnknown> written = std::move(written_);
  *this = before;
  written_ = std::move(written);
}

void ShellState::forget_since(std::size_t from) {
  std::map<std::string, ShellUnknown> names;
  for (std::size_t i = from; i < written_.size(); ++i) names[written_[i].name] = written_[i];
  for (const auto& [name, place] : names) {
    if (name.empty())
      forget_folder(place.begin, place.end);
    else
      forget(name, place.begin, place.end);
  }
}

void ShellState::keep_exported() {
  std::erase_if(variables_, [&](const auto& entry) {
    return std::find(exported_.begin(), exported_.end(), entry.first) == exported_.end();
  });
}

ShellState::Saved ShellState::begin_call(std::vector<ShellWord> words) {
  Saved own = save("@");
  variables_["@"] = {std::move(words), true, true, 0, 0};
  return own;
}

void ShellState::end_call(Saved own, std::size_t from) {
  restore(std::move(own));
  const auto begin = written_.begin() + static_cast<std::ptrdiff_t>(from);
  written_.erase(std::remove_if(begin, written_.end(), [](const auto& w) { return w.name == "@"; }),
                 written_.end());
}

ShellState::Saved ShellState::save(const std::string& name) const {
  const auto found = variables_.find(name);
  return {name, found == variables_.end() ? std::nullopt : std::optional(found->second)};
}

void ShellState::restore(Saved saved) {
  if (saved.variable)
    variables_[saved.name] = std::move(*saved.variable);
  else
    variables_.erase(saved.name);
}

std::vector<Assignment> ShellState::exported() const {
  std::vector<Assignment> all;
  for (const std::string& name : exported_) {
    const auto found = variables_.find(name);
    if (found == variables_.end() || !found->second.known || found->second.is_list) continue;
    const ShellWord& word = found->second.words.front();
    all.push_back({name, word.value, found->second.begin, found->second.end});
  }
  return all;
}

std::vector<ShellUnknown> ShellState::unknown_exported() const {
  std::vector<ShellUnknown> all;
  for (const std::string& name : exported_)
    if (const auto found = variables_.find(name); found != variables_.end() && !found->second.known)
      all.push_back({name, found->second.begin, found->second.end});
  return all;
}

}  // namespace ipucnn::importing
