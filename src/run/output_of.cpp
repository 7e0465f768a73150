// What a small program says, as git, the tools of the machine and those of a scheduler.
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
#include "run/tool.h"

namespace ipucnn {
namespace running {
namespace {

/// One stream of it.
struct Said {
  Descriptor ours;
  Descriptor its;
  std::string text;
  bool whole = true;

  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    ours.reset(ends[0]);
    its.reset(ends[1]);
    return true;
  }

  /// What there is now; at the end of the stream it is closed.
  void read() {
    constexpr std::size_t kMost = std::size_t{1} << 26U;  // a queue of some 100,000 jobs
    std::array<char, 4096> buffer{};
    const ssize_t n = ::read(ours.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) return;
    if (n <= 0) return ours.close();
    whole = whole && text.size() < kMost;
    if (whole) text.append(buffer.data(), static_cast<std::size_t>(n));
  }
};

/// Number of the started process, whose standard error is dropped where `err` is below 0; absent
/// when it could not be started.
std::optional<pid_t> start(const std::string& program, ProcessSpec spec, int out, int err) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  if (err >= 0)
    ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  else
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (!spec.cwd.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, spec.cwd.c_str());
  // A Ctrl-C of the terminal is for us: a submission is not to be torn in two by it.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> env = environment_of(spec);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program.c_str(), &actions, &attributes,
                                  pointers(spec.argv).data(), pointers(env).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error == 0 ? std::optional(child) : std::nullopt;
}

/// Up to the end of both streams; false when that takes too long.
bool read_until(Said& out, Said& err, std::chrono::steady_clock::time_point deadline) {
  while (out.ours.get() >= 0 || err.ours.get() >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    // A descriptor below 0 is left out by poll.
    std::array<pollfd, 2> readable = {{{out.ours.get(), POLLIN, 0}, {err.ours.get(), POLLIN, 0}}};
    const int ready = left.count() > 0
                          ? ::poll(readable.data(), readable.size(), static_cast<int>(left.count()))
                          : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    if (readable[0].revents != 0) out.read();
    if (readable[1].revents != 0) err.read();
  }
  return true;
}

std::optional<ToolAnswer> answer_of(const ProcessSpec& spec, std::chrono::milliseconds longest) {
  const auto program = find_program(spec);
  Said out;
  Said err;
  if (!program || !out.open() || !err.open()) return std::nullopt;
  const auto child = start(*program, spec, out.its.get(), err.its.get());
  out.its.close();
  err.its.close();
  if (!child) return std::nullopt;
  const bool whole = read_until(out, err, std::chrono::steady_clock::now() + longest);
  if (!whole) ::kill(-*child, SIGKILL);  // and whatever it waits for
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!whole || !out.whole || !err.whole) return std::nullopt;
  constexpr int kOfSignals = 128;
  return ToolAnswer{WIFEXITED(status) ? WEXITSTATUS(status) : kOfSignals + WTERMSIG(status),
                    std::move(out.text), std::move(err.text)};
}

}  // namespace

std::string ToolAnswer::complaint() const {
  for (const std::string& text : {err, out}) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin != text.npos) return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
  }
  return "exit status " + std::to_string(status);
}

std::optional<ToolAnswer> ask_tool(const std::vector<std::string>& words,
                                   std::chrono::milliseconds longest,
                                   const std::vector<std::string>& without) {
  return answer_of({words, {}, {}, without}, longest);
}

std::optional<pid_t> start_tool(const std::vector<std::string>& words, int out) {
  const ProcessSpec spec{words, {}, {}};
  const auto program = find_program(spec);
  return program ? start(*program, spec, out, -1) : std::nullopt;
}

}  // namespace running

std::optional<std::string> output_of(const ProcessSpec& spec, std::chrono::milliseconds longest,
                                     std::string& why) {
  auto answer = running::answer_of(spec, longest);
  if (answer && answer->good()) return std::move(answer->out);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest).count();
  why = answer               ? answer->complaint()
        : find_program(spec) ? "no answer within " + std::to_string(seconds) + " s"
                             : "there is no program " + spec.argv.front();
  return std::nullopt;
}

std::optional<std::string> output_of(const ProcessSpec& spec, std::chrono::milliseconds longest) {
  auto answer = running::answer_of(spec, longest);
  return answer && answer->good() ? std::optional(std::move(answer->out)) : std::nullopt;
}

}  // namespace ipucnn
