// The real streams, clock, environment and processes behind cli::run.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include "cli/app.h"
#include "cli/rehearse.h"

namespace ipucnn::cli {
namespace {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;  // a reader that went away, as `| head` does
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char buffer[32];
  const std::size_t size = std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {buffer, size};
}

/// Where this program lies; its plain name where the system does not say.
std::string own_path() {
  char buffer[4096];
  const ssize_t size = ::readlink("/proc/self/exe", buffer, sizeof buffer);
  if (size <= 0 || size == static_cast<ssize_t>(sizeof buffer)) return "ipucnn";
  return {buffer, static_cast<std::size_t>(size)};
}

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t kUsual = 80;
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40) return kUsual;
  return size.ws_col;
}

}  // namespace

int run_process(int argc, char** argv) {
  PosixProcesses processes;
  Streams streams;
  streams.out = [](std::string_view text) { write_all(STDOUT_FILENO, text); };
  streams.err = [](std::string_view text) { write_all(STDERR_FILENO, text); };
  streams.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  streams.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  if (streams.err_is_terminal) streams.width = terminal_width();
  World world;
  world.variable = variable;
  world.now = utc_now;
  world.processes = &processes;
  world.self = own_path();
  const std::vector<std::string> args{argv + (argc > 0 ? 1 : 0), argv + argc};
  if (const auto status = rehearse(args, streams, world)) return *status;
  std::signal(SIGPIPE, SIG_IGN);
  return run(args, streams, world);
}

}  // namespace ipucnn::cli
