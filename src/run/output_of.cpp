// What a small program says, as git and the tools of the machine.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "ipucnn/local_run.h"
#include "run/descriptor.h"
#include "run/process_words.h"

namespace ipucnn {
namespace {

using running::Descriptor;

/// Number of the started process; absent when it could not be started.
std::optional<pid_t> start(const std::string& program, ProcessSpec spec, int out) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (!spec.cwd.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, spec.cwd.c_str());
  std::vector<std::string> env = running::environment_of(spec);
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, program.c_str(), &actions, nullptr, running::pointers(spec.argv).data(),
                    running::pointers(env).data());
  ::posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? std::optional(child) : std::nullopt;
}

/// Up to the end of the stream; absent when that takes too long.
std::optional<std::string> read_until(int fd, std::chrono::steady_clock::time_point deadline) {
  constexpr std::size_t kMost = std::size_t{1} << 20U;
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd readable{fd, POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&readable, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    if (text.size() < kMost) text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace

std::optional<std::string> output_of(const ProcessSpec& spec, std::chrono::milliseconds longest) {
  const auto program = find_program(spec);
  std::array<int, 2> ends{};
  if (!program || ::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  const Descriptor ours(ends[0]);
  Descriptor its(ends[1]);
  const auto child = start(*program, spec, its.get());
  its.close();
  if (!child) return std::nullopt;
  const auto text = read_until(ours.get(), std::chrono::steady_clock::now() + longest);
  if (!text) ::kill(*child, SIGKILL);
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  return text && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? text : std::nullopt;
}

}  // namespace ipucnn
