#include "import/yaml_keys.h"

#include <algorithm>
#include <set>

#include "import/located.h"
#include "ipucnn/sections.h"

namespace ipucnn::importing {
namespace {

/// The words of a text that a colon makes keys, quotes left out, with those that are top-level ones
/// told apart. Texts in blocks are looked at as well, in which a key is none.
class KeyReader {
 public:
  explicit KeyReader(std::string_view text) : text_(text.substr(behind_mark(text))) {}

  bool holds_commands() {
    const bool flow = text_.substr(0, 1) == "{";
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const char c = text_[at];
      if (at == 0 || text_[at - 1] == '\n')
        is_top_ = !flow && c != '-' && c != '#' && kWhite.find(c) == kWhite.npos;
      if (c == '#' && (at == 0 || kWhite.find(text_[at - 1]) != kWhite.npos)) {
        at = std::min(text_.find('\n', at), text_.size()) - 1;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && depth > 0) --depth;
      const bool ends = at + 1 == text_.size() || kWhite.find(text_[at + 1]) != kWhite.npos;
      if (c != ':' || !ends) continue;
      add(key_before(at), is_top_ || (flow && depth == 1), at);
      is_top_ = false;
    }
    const auto has = [&](std::string_view key) { return top_.count(key) > 0; };
    if (is_benchmark_ || (has("apiVersion") && has("kind")) || (has("jobs") && has("on")) ||
        (has("program") && has("parameters")))
      return true;
    const bool ours = !top_.empty() && !jobs_listed_ &&
                      (has("presets") || has("applications") ||
                       std::all_of(top_.begin(), top_.end(), load::is_section_key));
    return holds_commands_ && !ours;
  }

 private:
  void add(std::string_view key, bool is_top, std::size_t colon) {
    if (is_top) {
      top_.insert(key);
      // Our jobs have names.
      const std::size_t next = text_.find_first_not_of(" \t\r\n", colon + 1);
      const bool listed = next != text_.npos && (text_[next] == '-' || text_[next] == '[');
      if (key == "jobs" && listed) jobs_listed_ = true;
      // A preset of this name is a mapping.
      const bool same_line = text_.substr(colon, next - colon).find('\n') == text_.npos;
      if (is_top_command(key) &&
          (listed || (same_line && next != text_.npos &&
                      std::string_view("{#&").find(text_[next]) == text_.npos)))
        holds_commands_ = true;
    }
    is_benchmark_ = is_benchmark_ || (key == "cmd" && !is_top);
    holds_commands_ = holds_commands_ || (!is_top && !key.empty() && is_command(key));
  }

  static bool is_top_command(std::string_view key) {
    return key == "run" || key == "script" || key == "command" || key == "commands";
  }
  static bool is_command(std::string_view key) { return holds_shell(key) || holds_lines(key); }

  /// Empty where what stands there begins neither its line nor an item between braces.
  std::string_view key_before(std::size_t colon) const {
    const std::string_view before = text_.substr(0, colon);
    const std::size_t end = before.find_last_not_of(" \t\"'") + 1;
    const std::size_t begin = before.substr(0, end).find_last_of(" \t\r\n{,[\"'") + 1;
    const std::size_t front = before.substr(0, begin).find_last_not_of(" \t\"'-");
    const bool begins =
        front == before.npos || std::string_view("\n{,[").find(before[front]) != before.npos;
    return begins ? before.substr(begin, end - begin) : std::string_view();
  }

  static constexpr std::string_view kWhite = " \t\r\n";
  std::string_view text_;
  std::set<std::string_view> top_;
  bool is_top_ = false;  ///< the next key is one
  bool is_benchmark_ = false;
  bool holds_commands_ = false;
  bool jobs_listed_ = false;
};

}  // namespace

bool holds_shell(std::string_view key) {
  constexpr std::string_view kAnsible = "ansible.builtin.";
  if (key.starts_with(kAnsible)) key.remove_prefix(kAnsible.size());
  constexpr std::string_view kNames[] = {"cmd",    "run",   "command", "args",
                                         "script", "shell", "bash",    "entrypoint"};
  return std::find(std::begin(kNames), std::end(kNames), key) != std::end(kNames) ||
         key.ends_with(".sh");
}

bool holds_lines(std::string_view key) {
  constexpr std::string_view kNames[] = {"script",   "before_script", "after_script",
                                         "commands", "cmds",          "run"};
  return std::find(std::begin(kNames), std::end(kNames), key) != std::end(kNames);
}

bool holds_commands(std::string_view text) { return KeyReader(text).holds_commands(); }

}  // namespace ipucnn::importing
