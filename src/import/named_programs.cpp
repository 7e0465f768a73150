#include "import/named_programs.h"

#include <algorithm>

#include "import/command.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn::importing {
namespace {

using load::base_name;

template <std::size_t N>
bool among(std::string_view word, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), base_name(word)) != std::end(names);
}

/// Programs that print, look for or change what their words name, and start none of it.
constexpr std::string_view kQuiet[] = {
    "echo",    "printf", "which",   "type", "hash",  "man",    "whereis", "grep",   "egrep",
    "fgrep",   "rg",     "ls",      "cat",  "tee",   "test",   "[",       "[[",     "git",
    "pip",     "pip3",   "apt",     "cp",   "mv",    "rm",     "ln",      "chmod",  "chown",
    "touch",   "mkdir",  "sed",     "awk",  "vim",   "vi",     "nano",    "diff",   "wc",
    "head",    "tail",   "less",    "more", "pgrep", "pkill",  "ps",      "logger", "help",
    "killall", "tar",    "apt-get", "file", "read",  "rsync",  "scp",     ":",      "return",
    "exit",    "source", ".",       "stat", "make",  "command"};

/// Whether a substitution prints the name of a program, and starts no command of ours to do so.
bool prints_name(std::string_view text) {
  constexpr std::string_view kBegin[] = {"$(which ",  "$(command -v ", "$(type -",     "$(echo ",
                                         "$(printf ", "`which ",       "`command -v ", "`echo "};
  return std::any_of(std::begin(kBegin), std::end(kBegin),
                     [&](std::string_view begin) { return text.starts_with(begin); });
}

}  // namespace

bool is_foreign_launcher(std::string_view word) {
  constexpr std::string_view kNames[] = {"horovodrun", "torchrun",      "accelerate", "deepspeed",
                                         "aprun",      "mpiexec.hydra", "jsrun",      "prun"};
  return among(word, kNames);
}

bool starts_commands(std::string_view word) {
  constexpr std::string_view kNames[] = {"ssh",
                                         "sbatch",
                                         "tmux",
                                         "screen",
                                         "su",
                                         "docker",
                                         "podman",
                                         "singularity",
                                         "salloc",
                                         "apptainer",
                                         "watch",
                                         "parallel",
                                         "xargs",
                                         "kubectl",
                                         "script",
                                         "gc-docker",
                                         "srun",
                                         "conda",
                                         "sudo",
                                         "nohup",
                                         "flock",
                                         "runuser",
                                         "pdsh",
                                         "timeout",
                                         "uv",
                                         "poetry",
                                         "ipython",
                                         "ipython3",
                                         "pipenv",
                                         "coverage",
                                         "kernprof",
                                         "nvprof",
                                         "bsub",
                                         "qsub",
                                         "oarsub",
                                         "msub",
                                         "qrsh",
                                         "flux",
                                         "vagrant",
                                         "gcloud",
                                         "docker-compose",
                                         "clush",
                                         "pssh",
                                         "chroot",
                                         "doas",
                                         "ts",
                                         "tsp",
                                         "condor_run",
                                         "systemd-run"};
  return among(word, kNames);
}

bool NamedPrograms::is_script(std::string_view word) const {
  return std::find(scripts_.begin(), scripts_.end(), base_name(word)) != scripts_.end();
}

bool NamedPrograms::in_text(std::string_view text) const {
  constexpr std::string_view kBetween = " \t\r\n;|&()\"'`=";
  constexpr std::size_t kFarEnough = 4096;  // texts that texts are made of can get long
  text = text.substr(0, kFarEnough);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (is_launcher(word) || is_script(word) || base_name(word) == "horovodrun") return true;
    at = end + 1;
  }
  return false;
}

/// A launcher with words behind it, or an interpreter with a known script.
bool NamedPrograms::begins_command(const ShellCommand& command, std::size_t at) const {
  const auto text = [&](std::size_t i) -> std::string_view {
    const std::string_view word =
        i < command.words.size() ? std::string_view(command.words[i].value.text) : "";
    return word.find_first_of(" \t\n") == word.npos ? word : std::string_view();
  };
  if (is_launcher(text(at))) return at + 1 < command.words.size();
  if (!load::looks_like_program(text(at))) return false;
  if (text(at).ends_with(".py")) return is_script(text(at)) && at > 0 && text(at - 1) != "-c";
  for (++at; text(at).starts_with('-');) ++at;
  return is_script(text(at));
}

/// `alias NAME=COMMAND`, which a script does not follow and whoever types the name does.
std::optional<std::size_t> NamedPrograms::find_alias(const ShellCommand& command,
                                                     std::size_t first) const {
  for (std::size_t i = first + 1; i < command.words.size(); ++i) {
    const auto set = assignment(command.words[i]);
    const std::string_view value = set ? std::string_view(set->value.text) : std::string_view();
    const bool is_quiet = among(value.substr(0, value.find(' ')), kQuiet);
    if (!is_quiet && value.find(' ') != value.npos && in_text(value)) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> NamedPrograms::find(const ShellCommand& command,
                                               std::size_t first) const {
  const std::vector<ShellWord>& words = command.words;
  const ShellWord& program = words[first];
  if (among(program.value.text, kQuiet)) return std::nullopt;
  if (program.value.text == "alias") return find_alias(command, first);
  if (base_name(program.value.text) == "horovodrun") return first;
  const bool open = !program.known || holds_variable(program.value.text);
  if (!program.known && prints_name(program.value.text) && in_text(program.value.text))
    return first;
  const bool starts =
      open || is_foreign_launcher(program.value.text) || starts_commands(program.value.text);
  for (std::size_t i = first + 1; i < words.size(); ++i) {
    const std::string& text = words[i].value.text;
    const bool is_text = starts && text.find_first_of(" \n") != std::string::npos && in_text(text);
    if (!is_text && !begins_command(command, i)) continue;
    if (!starts && text.ends_with(".py")) continue;  // a file that some tool looks at
    return open || is_foreign_launcher(program.value.text) ? first : i;
  }
  return std::nullopt;
}

}  // namespace ipucnn::importing
