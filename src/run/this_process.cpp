#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "ipucnn/local_run.h"

extern char** environ;

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// The folder of git's files; a worktree and a submodule have a file that names it.
fs::path git_folder(const std::string& folder) {
  std::error_code code;
  for (fs::path at = fs::absolute(folder, code).lexically_normal();; at = at.parent_path()) {
    const fs::path git = at / ".git";
    if (fs::is_directory(git, code)) return git;
    constexpr std::string_view kNames = "gitdir: ";
    if (const std::string line = first_line(git); line.rfind(kNames, 0) == 0)
      return at / line.substr(kNames.size());
    if (at == at.parent_path()) return {};
  }
}

/// What a name of git's stands for.
std::optional<std::string> commit_named(const fs::path& git, const std::string& name) {
  // A worktree shares its names with the repository it belongs to.
  const std::string common = first_line(git / "commondir");
  for (const fs::path& place : {git, common.empty() ? git : git / common}) {
    if (std::string commit = first_line(place / name); !commit.empty()) return commit;
    std::ifstream packed(place / "packed-refs");
    for (std::string line; std::getline(packed, line);)
      if (const std::size_t blank = line.find(' ');
          blank != std::string::npos && line.substr(blank + 1) == name)
        return line.substr(0, blank);
  }
  return std::nullopt;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The SDK by the folder that its enable script names, frameworks by what the virtual environment
/// has installed: NAME-VERSION.dist-info.
std::vector<std::pair<std::string, std::string>> versions_told() {
  std::vector<std::pair<std::string, std::string>> versions;
  if (const std::string sdk = variable("POPLAR_SDK_ENABLED"); !sdk.empty()) {
    const fs::path folder(sdk);
    const std::string name = folder.filename().string();
    versions.emplace_back("poplar", name.starts_with("poplar") ? name : sdk);
  }
  const std::string venv = variable("VIRTUAL_ENV");
  std::error_code code;
  if (venv.empty()) return versions;
  for (fs::directory_iterator python(fs::path(venv) / "lib", code), end; !code && python != end;
       python.increment(code)) {
    std::error_code inner;
    for (fs::directory_iterator it(python->path() / "site-packages", inner); !inner && it != end;
         it.increment(inner)) {
      const std::string name = it->path().stem().string();
      if (it->path().extension() != ".dist-info") continue;
      constexpr std::array<std::string_view, 8> kFrameworks = {
          "tensorflow",  "tensorflow_addons", "torch", "poptorch",
          "torchvision", "horovod",           "keras", "numpy"};
      const std::string package = name.substr(0, name.find('-'));
      if (package.size() < name.size() &&
          std::find(kFrameworks.begin(), kFrameworks.end(), package) != kFrameworks.end())
        versions.emplace_back(package, name.substr(package.size() + 1));
    }
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

}  // namespace

RunContext this_context() {
  RunContext context;
  utsname system{};
  if (::uname(&system) == 0)
    context.kernel = std::string(system.sysname) + " " + std::string(system.release);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    context.environment.emplace_back(text.substr(0, text.find('=')));
  }
  std::sort(context.environment.begin(), context.environment.end());
  std::error_code code;
  context.started_in = fs::current_path(code).string();
  context.versions = versions_told();
  return context;
}

namespace {

std::optional<std::string> checked_out_commit(const std::string& folder) {
  const fs::path git = git_folder(folder);
  if (git.empty()) return std::nullopt;
  const std::string head = first_line(git / "HEAD");
  constexpr std::string_view kName = "ref: ";
  if (head.rfind(kName, 0) == 0) return commit_named(git, head.substr(kName.size()));
  return head.empty() ? std::nullopt : std::optional(head);
}

}  // namespace

void add_checkout(const std::string& folder, RunContext& context) {
  context.commit = checked_out_commit(folder);
  if (!context.commit) return;
  constexpr std::chrono::seconds kLongest(5);
  // Without a look at files that git does not know, which may be a data set.
  const auto changed = [&](std::vector<std::string> paths) -> std::optional<bool> {
    std::vector<std::string> words = {"git", "--no-optional-locks", "status", "--porcelain",
                                      "--untracked-files=no"};
    words.insert(words.end(), paths.begin(), paths.end());
    const auto says = output_of({words, {}, folder}, kLongest);
    return says ? std::optional(!says->empty()) : std::nullopt;
  };
  context.dirty = changed({});
  std::error_code code;
  if (fs::exists(fs::path(folder) / "configs.yml", code))
    context.configs_dirty = context.dirty == true ? changed({"--", "configs.yml"}) : context.dirty;
}

std::string SystemClock::utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> buffer{};
  const std::size_t size =
      std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {buffer.data(), size};
}

Writer this_process() {
  const auto pid = static_cast<std::int64_t>(::getpid());
  return {host_name(), boot_id(), pid, process_start_time(pid)};
}

}  // namespace ipucnn
