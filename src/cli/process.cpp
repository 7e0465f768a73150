// The real streams, clock, environment and processes behind cli::run.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>

#include "cli/app.h"
#include "cli/commands.h"
#include "ipucnn/rehearsal.h"
#include "ipucnn/text_file.h"

namespace ipucnn::cli {
namespace {

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
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
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

/// Sentences are not broken into less.
std::size_t width_of_text() {
  constexpr std::size_t kUsual = 80;
  constexpr std::size_t kLeast = 40;
  const std::size_t width = terminal_width();
  return width < kLeast ? kUsual : width;
}

bool one_place() {
  struct stat out {};
  struct stat err {};
  return ::fstat(STDOUT_FILENO, &out) == 0 && ::fstat(STDERR_FILENO, &err) == 0 &&
         out.st_dev == err.st_dev && out.st_ino == err.st_ino;
}

/// A file must not be opened in the place of a closed standard stream, or what is meant for that
/// stream goes into it. A write still fails as it does where the stream is closed.
void fill_closed_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
        ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
      return;
}

}  // namespace

int run_process(int argc, char** argv) {
  fill_closed_streams();
  Output output(STDOUT_FILENO);
  Output errors(STDERR_FILENO);
  Streams streams;
  streams.out = [&](std::string_view text) { output.write(text); };
  streams.err = [&](std::string_view text) { errors.write(text); };
  streams.out_is_free = [&] { return output.is_free(); };
  streams.err_is_free = [&] { return errors.is_free(); };
  streams.write_error = [&] { return output.error(); };
  streams.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  streams.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  streams.one_place = one_place;
  if (streams.err_is_terminal) {
    streams.width = width_of_text();
    streams.width_now = terminal_width;
  }
  World world;
  world.variable = variable;
  bool job_begun = false;
  world.with_machine = [&](const MachineWanted& wanted, const std::function<int(Machine&)>& use) {
    job_begun = true;
    return with_system_machine(wanted, output, errors, use);
  };
  world.self = own_path();
  const std::vector<std::string> args{argv + (argc > 0 ? 1 : 0), argv + argc};
  if (names_stand_in(args))
    return rehearse(args, {world.variable, read_file, streams.out, streams.err});
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a log that may not grow is an error like a full disk
  int status = kUsage;
  try {
    status = run(args, streams, world);
  } catch (const std::bad_alloc&) {
    // What the command held is given back by now; a job has been ended by its guard.
    say(streams, "out of memory: this takes more than the system or `ulimit -v` gives");
    return job_begun ? kJobFailed : kUsage;
  }
  // A run has said it, and ends with a status of its own.
  if (output.error().empty() || (status != kDone && status != kFindings)) return status;
  say(streams, fmt::format("not all was written to {}", output.error()));
  return kUsage;
}

}  // namespace ipucnn::cli
