#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "ipucnn/run.h"

namespace ipucnn {
namespace {

bool can_be_executed(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

/// The path as the process itself would reach it.
std::string from_folder(const std::string& folder, const std::string& path) {
  return folder.empty() || path.front() == '/' ? path : folder + "/" + path;
}

std::string search_path(const ProcessSpec& spec) {
  const char* own = std::getenv("PATH");
  std::string path = own == nullptr ? "/bin:/usr/bin" : own;
  for (const auto& [name, value] : spec.env)
    if (name == "PATH") path = value;
  return path;
}

}  // namespace

std::optional<std::string> find_program(const ProcessSpec& spec) {
  const std::string& program = spec.argv.front();
  if (program.empty()) return std::nullopt;
  if (program.find('/') != std::string::npos)
    return can_be_executed(from_folder(spec.cwd, program)) ? std::optional(program) : std::nullopt;
  const std::string path = search_path(spec);
  std::string_view rest = path;
  while (true) {
    const std::size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    const std::string found = std::string(folder.empty() ? "." : folder) + "/" + program;
    if (can_be_executed(from_folder(spec.cwd, found))) return found;
    if (colon == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(colon + 1);
  }
}

ProcessSpec process_of(const Command& command) {
  ProcessSpec spec;
  for (const Arg& arg : command.argv) spec.argv.push_back(literal_text(arg));
  for (const auto& [name, value] : command.env) spec.env.emplace_back(name, literal_text(value));
  spec.cwd = literal_text(command.cwd);
  return spec;
}

}  // namespace ipucnn
