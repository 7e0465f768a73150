// What the enable scripts of an SDK change in the environment.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "ipucnn/local_run.h"

namespace ipucnn {
namespace {

// Its words are the scripts. What they print does not mix with what is asked for.
constexpr const char* kSourceAll =
    "for script in \"$@\"; do\n"
    "  source \"$script\" >/dev/null 2>&1 </dev/null || { printf %s \"$script\"; exit 0; }\n"
    "done\n"
    "exec env -0\n";

/// Those that belong to the shell that was asked, and not to what it sourced.
bool is_of_the_shell(std::string_view name) {
  constexpr std::array<std::string_view, 5> kOwn = {"_", "SHLVL", "PWD", "OLDPWD", "PS1"};
  return std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end() || name.starts_with("BASH_FUNC_");
}

}  // namespace

std::optional<Variables> sourced_variables(const std::vector<std::string>& scripts,
                                           std::string& error) {
  std::vector<std::string> words = {"bash", "--noprofile", "--norc", "-c", kSourceAll, "bash"};
  words.insert(words.end(), scripts.begin(), scripts.end());
  constexpr std::chrono::minutes kLongest(2);
  const auto text = output_of({words, {}, {}}, kLongest);
  if (!text || text->find('\0') == std::string::npos) {
    error = text && !text->empty() ? *text + " ended with an error"
                                   : "a bash that sources its scripts did not end well";
    return std::nullopt;
  }
  Variables changed;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    const std::size_t equals = entry.find('=');
    if (equals == 0 || equals == entry.npos) continue;
    const std::string name(entry.substr(0, equals));
    const std::string value(entry.substr(equals + 1));
    const char* had = std::getenv(name.c_str());
    if (!is_of_the_shell(name) && (had == nullptr || value != had))
      changed.emplace_back(name, value);
  }
  std::sort(changed.begin(), changed.end());
  return changed;
}

}  // namespace ipucnn
