#include "import/wrappers.h"

#include <algorithm>
#include <string_view>

#include "import/command.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn::importing {
namespace {

/// A program that starts another.
struct Wrapper {
  std::string_view name;
  std::size_t words;  ///< that stand in front of the other program, options aside
  bool counts;        ///< a job without it does something else
};

/// As many as there are: the program is the first word that can be one of ours.
constexpr std::size_t kAnyWords = 1000;

constexpr Wrapper kWrappers[] = {
    {"env", 0, false},
    {"exec", 0, false},
    {"command", 0, false},
    {"nohup", 0, false},
    {"time", 0, false},
    {"stdbuf", 0, false},
    {"unbuffer", 0, false},
    {"setsid", 0, false},
    {"nice", 0, true},
    {"ionice", 0, true},
    {"numactl", 0, true},
    {"srun", 0, true},
    {"sudo", 0, true},
    {"taskset", 1, true},
    {"timeout", 1, true},
    {"chrt", 1, true},
    {"caffeinate", 0, false},
    {"conda", kAnyWords, true},
    {"singularity", kAnyWords, true},
    {"apptainer", kAnyWords, true},
    {"docker", kAnyWords, true},
    {"podman", kAnyWords, true},
    {"docker-compose", kAnyWords, true},
    {"gc-docker", kAnyWords, true},
    {"screen", kAnyWords, true},
    {"tmux", kAnyWords, true},
    {"kubectl", kAnyWords, true},
    {"uv", kAnyWords, true},
    {"poetry", kAnyWords, true},
    {"pipenv", kAnyWords, true},
    {"mamba", kAnyWords, true},
    {"micromamba", kAnyWords, true},
    {"nsys", kAnyWords, true},
    {"valgrind", kAnyWords, true},
    {"popvision", kAnyWords, true},
    {"ssh", kAnyWords, true},
    {"salloc", kAnyWords, true},
    {"bsub", kAnyWords, true},
    {"oarsub", kAnyWords, true},
    {"qsub", kAnyWords, true},
    {"systemd-run", kAnyWords, true},
    {"chroot", kAnyWords, true},
    {"doas", 0, true},
    {"flock", 1, true},
    {"catchsegv", 0, false},
    {"gdb", kAnyWords, true},
    {"perf", kAnyWords, true},
    {"strace", kAnyWords, true},
};

const Wrapper* find_wrapper(std::string_view word) {
  const auto* found = std::find_if(std::begin(kWrappers), std::end(kWrappers),
                                   [&](const auto& w) { return w.name == load::base_name(word); });
  return found == std::end(kWrappers) ? nullptr : found;
}

/// Whether a word can be an option's value, and no program.
bool is_value(const ShellWord& word) {
  const std::string& text = word.value.text;
  const std::string_view name = load::base_name(text);
  return !text.starts_with('-') && !assignment(word) && find_wrapper(text) == nullptr &&
         !starts_program(text) && name != "bash" && name != "sh";
}

/// Whether srun's options from `begin` to `end` may start the program more than once.
bool starts_several(const ShellCommand& command, std::size_t begin, std::size_t end) {
  constexpr std::string_view kTasks[] = {"--ntasks", "--ntasks-per-node", "--ntasks-per-socket"};
  for (std::size_t i = begin; i < end; ++i) {
    const std::string_view word = text_at(command, i);
    const std::string_view name = word.substr(0, word.find('='));
    const bool is_long = std::find(std::begin(kTasks), std::end(kTasks), name) != std::end(kTasks);
    if (!is_long && !word.starts_with("-n")) continue;
    const std::string_view joined =
        is_long ? word.substr(std::min(name.size() + 1, word.size())) : word.substr(2);
    if ((joined.empty() ? text_at(command, i + 1) : joined) != "1") return true;
  }
  return false;
}

}  // namespace

std::size_t behind_wrappers(ShellCommand& command) {
  const std::vector<ShellWord>& words = command.words;
  std::size_t at = 0;
  std::vector<ShellMark<ShellGap>> left_out;
  while (at < words.size()) {
    if (assignment(words[at])) {
      ++at;
      continue;
    }
    const Wrapper* wrapper = find_wrapper(words[at].value.text);
    if (wrapper == nullptr) break;
    // `command -v` looks for a program.
    const std::string_view next = text_at(command, at + 1);
    if (wrapper->name == "command" && (next == "-v" || next == "-V")) return at;
    const std::size_t begin = at++;
    if (wrapper->words == kAnyWords) {
      const auto is_program = [](const std::string& text) {
        return starts_program(text) && text.find_first_of(" \t\n") == std::string::npos;
      };
      while (at < words.size() && !is_program(words[at].value.text)) ++at;
      if (at == words.size()) return begin;
      left_out.push_back({ShellGap::Wrapper, words[begin].begin, words[at - 1].end});
      break;
    }
    while (at < words.size() && words[at].value.text.starts_with('-')) {
      const bool whole = words[at].value.text.find('=') != std::string::npos;
      ++at;
      if (!whole && at + 1 < words.size() && is_value(words[at]) && !is_value(words[at + 1])) ++at;
    }
    for (std::size_t i = 0; i < wrapper->words && at + 1 < words.size() && is_value(words[at]); ++i)
      ++at;
    // `flock FILE -c TEXT`: a shell reads the text.
    if (wrapper->words > 0 && text_at(command, at) == "-c") return begin;
    const bool several = wrapper->name == "srun" && starts_several(command, begin + 1, at);
    if (wrapper->counts || at > begin + 1)
      left_out.push_back({several ? ShellGap::Processes : ShellGap::Wrapper, words[begin].begin,
                          words[at - 1].end});
  }
  if (at < words.size() && starts_program(words[at].value.text))
    command.gaps.insert(command.gaps.end(), left_out.begin(), left_out.end());
  return at;
}

}  // namespace ipucnn::importing
