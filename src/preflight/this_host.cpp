#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>

#include "ipucnn/local_run.h"
#include "ipucnn/preflight.h"
#include "ipucnn/run.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

/// The path itself, else the nearest folder above it that is there.
fs::path nearest(const std::string& path) {
  std::error_code code;
  fs::path at = fs::absolute(path, code).lexically_normal();
  while (!fs::exists(at, code) && at != at.parent_path()) at = at.parent_path();
  return at;
}

class ThisHost final : public HostFacts {
 public:
  PathKind kind(const std::string& path) override {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    switch (status.type()) {
      case fs::file_type::none:
      case fs::file_type::not_found:
        return PathKind::Nothing;
      case fs::file_type::regular:
        return PathKind::File;
      case fs::file_type::directory:
        return PathKind::Folder;
      default:
        return PathKind::Other;
    }
  }

  std::optional<std::vector<std::string>> names(const std::string& folder) override {
    std::error_code code;
    std::vector<std::string> found;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
      found.push_back(it->path().filename().string());
    if (code) return std::nullopt;
    return found;
  }

  bool can_write(const std::string& folder) override {
    const fs::path at = nearest(folder);
    return kind(at.string()) == PathKind::Folder && ::access(at.c_str(), W_OK | X_OK) == 0;
  }

  std::optional<std::uint64_t> free_bytes(const std::string& path) override {
    struct statvfs info {};
    if (::statvfs(nearest(path).c_str(), &info) != 0) return std::nullopt;
    return std::uint64_t{info.f_bavail} * info.f_frsize;
  }

  bool has_program(const Command& command) override {
    return find_program(process_of(command)).has_value();
  }

  std::optional<std::string> variable(const Command& command, const std::string& name) override {
    for (const auto& [set, value] : process_of(command).env)
      if (set == name) return value;
    const char* ours = std::getenv(name.c_str());
    return ours == nullptr ? std::nullopt : std::optional<std::string>(ours);
  }

  std::optional<std::string> partitions(const Command& command,
                                        const std::string& server) override {
    constexpr std::chrono::seconds kLongest(10);
    ProcessSpec spec{{"vipu", "list", "partitions"}, process_of(command).env, {}};
    if (!server.empty()) spec.env.emplace_back("VIPU_CLI_API_HOST", server);
    for (const auto& [asked, said] : asked_)
      if (asked == spec.env) return said;
    asked_.emplace_back(spec.env, output_of(spec, kLongest));
    return asked_.back().second;
  }

  std::vector<OtherHost> not_ready(const std::vector<std::string>& hosts,
                                   const std::vector<std::string>& paths) override {
    std::vector<std::string> whole;
    std::error_code code;
    for (const std::string& path : paths)
      whole.push_back(fs::absolute(path, code).lexically_normal().string());
    std::vector<OtherHost> others;
    for (const std::string& host : hosts)
      if (looked_at_.insert({host, whole}).second && !is_this_one(host)) others.push_back({host});
    // Side by side: each may take seconds to give up.
    std::vector<std::thread> asking;
    asking.reserve(others.size());
    for (OtherHost& other : others) asking.emplace_back([&] { ask(other, whole); });
    for (std::thread& one : asking) one.join();
    others.erase(std::remove_if(others.begin(), others.end(),
                                [](const OtherHost& other) {
                                  return other.why_not.empty() && other.missing.empty();
                                }),
                 others.end());
    return others;
  }

 private:
  static bool is_this_one(const std::string& host) {
    const std::string own = host_name();
    return host == "localhost" || host.starts_with("127.") || host == own ||
           host == own.substr(0, own.find('.'));
  }

  static std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
    return out + "'";
  }

  /// By the shell of the other host, which names what is not there.
  static void ask(OtherHost& other, const std::vector<std::string>& paths) {
    constexpr std::chrono::seconds kLongest(10);
    std::string script;
    for (const std::string& path : paths)
      script += "test -e " + quoted(path) + " || echo " + quoted("lacks " + path) + "; ";
    const ProcessSpec spec{{"ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", other.name,
                            "sh -c " + quoted(script + "true")},
                           {},
                           {}};
    const auto said = output_of(spec, kLongest, other.why_not);
    if (!said) return;
    for (const std::string& path : paths)
      if (("\n" + *said).find("\nlacks " + path + "\n") != std::string::npos)
        other.missing.push_back(path);
  }

  /// Steps of a job ask the same.
  std::set<std::pair<std::string, std::vector<std::string>>> looked_at_;
  std::vector<std::pair<Variables, std::optional<std::string>>> asked_;
};

}  // namespace

std::unique_ptr<HostFacts> this_host() { return std::make_unique<ThisHost>(); }

}  // namespace ipucnn
