#include "run/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/text.h"
#include "ipucnn/local_run.h"
#include "ipucnn/record.h"
#include "run/descriptor.h"

namespace ipucnn::running {
namespace {

std::string read_all(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  while (file.get() >= 0) {
    const ssize_t n = ::read(file.get(), buffer, sizeof buffer);
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> all;
  DIR* folder = ::opendir("/proc");
  if (folder == nullptr) return all;
  while (const dirent* entry = ::readdir(folder))
    if (const auto process = parse_int64(entry->d_name))
      all.push_back(static_cast<pid_t>(*process));
  ::closedir(folder);
  return all;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t root) {
  std::vector<std::pair<pid_t, pid_t>> parents;  // parent, child
  for (const pid_t process : all_processes())
    if (const auto stat = process_stat(process))
      parents.emplace_back(static_cast<pid_t>(stat->parent), process);
  std::sort(parents.begin(), parents.end());
  std::vector<pid_t> found = {root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto it =
        std::lower_bound(parents.begin(), parents.end(), std::pair<pid_t, pid_t>(found[i], 0));
    for (; it != parents.end() && it->first == found[i]; ++it)
      // A number that was given anew while we looked must not send us round in a ring.
      if (std::find(found.begin(), found.end(), it->second) == found.end())
        found.push_back(it->second);
  }
  found.erase(found.begin());
  return found;
}

namespace {

/// Those of which a text of this file of /proc is as asked for.
template <typename IsAsked>
std::vector<pid_t> processes_of(const char* file, const IsAsked& is_asked) {
  std::vector<pid_t> found;
  for (const pid_t process : all_processes()) {
    const std::string text = read_all("/proc/" + std::to_string(process) + "/" + file);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\0', at), text.size());
      if (is_asked(std::string_view(text).substr(at, end - at))) {
        found.push_back(process);
        break;
      }
      at = end + 1;
    }
  }
  return found;
}

}  // namespace

std::vector<pid_t> processes_with(std::string_view variable) {
  return processes_of("environ", [&](std::string_view text) { return text == variable; });
}

std::vector<pid_t> processes_called(std::string_view word_end) {
  return processes_of("cmdline", [&](std::string_view word) { return word.ends_with(word_end); });
}

void signal_all(const std::vector<pid_t>& processes, int signal) {
  for (const pid_t process : processes) {
    ::kill(process, signal);
    if (signal != SIGKILL) ::kill(process, SIGCONT);
  }
}

}  // namespace ipucnn::running

namespace ipucnn {

std::vector<std::int64_t> marked_processes(const std::string& run_folder) {
  const auto found = running::processes_with(std::string(kRunMark) + "=" + run_folder);
  return {found.begin(), found.end()};
}

}  // namespace ipucnn
