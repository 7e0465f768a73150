// A run that goes on when whoever started it has left.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "ipucnn/local_run.h"
#include "run/descriptor.h"

namespace ipucnn {
namespace {

using running::Descriptor;

/// From here on the process has nothing of the terminal that it was started from.
void write_to(const std::string& path) {
  const Descriptor log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  const Descriptor none(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(none.get(), STDIN_FILENO);
  ::dup2(none.get(), STDOUT_FILENO);
  ::dup2(log.get() >= 0 ? log.get() : none.get(), STDERR_FILENO);
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

int status_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return EXIT_FAILURE;
  constexpr int kOfSignals = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kOfSignals + WTERMSIG(status);
}

}  // namespace

int run_detached(const std::function<int(const std::function<void(const std::string&)>&)>& job,
                 std::string& folder) {
  std::array<int, 2> ends{};
  constexpr int kNotStarted = 3;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return kNotStarted;
  Descriptor ours(ends[0]);
  Descriptor its(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return kNotStarted;
  if (child == 0) {
    ours.close();
    ::setsid();
    const int status = job([&](const std::string& path) {
      if (its.get() < 0) return;  // a second run of the same command
      write_to(path + "/" + kDetachedLog);
      // Nobody who reads it is nobody who waits for it.
      if (::write(its.get(), path.data(), path.size()) < 0) errno = 0;
      its.close();
    });
    ::_exit(status);
  }
  its.close();
  folder = read_all(ours.get());
  return folder.empty() ? status_of(child) : 0;
}

}  // namespace ipucnn
