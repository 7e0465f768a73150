#include "import/synopsis.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace ipucnn::importing {
namespace {

bool is_left_out(std::string_view word) {
  return word == "..." || word == "[...]" || word == "\xE2\x80\xA6" || word.starts_with("[-") ||
         word == "[OPTIONS]" || word == "[options]";
}

/// `EPOCHS` behind `--epochs`, `DIR` behind `--data-dir`, `N` behind any option.
bool stands_for_value(std::string_view option, std::string_view value) {
  const bool capitals = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '_';
  });
  if (!option.starts_with("--") || !capitals) return false;
  const std::string name = replace_char(std::string(option), '-', '_');
  return value == "N" || value == "NUM" || value == "PATH" || value == "FILE" ||
         name.find("_" + to_lower(value)) != name.npos;
}

}  // namespace

bool is_synopsis(const ShellCommand& command) {
  for (std::size_t i = 0; i < command.words.size(); ++i) {
    const std::string_view word = text_at(command, i);
    const std::size_t equals = word.find('=');
    const std::string_view value =
        equals == word.npos ? text_at(command, i + 1) : word.substr(equals + 1);
    if (is_left_out(word) || stands_for_value(word.substr(0, equals), value)) return true;
  }
  return false;
}

}  // namespace ipucnn::importing
