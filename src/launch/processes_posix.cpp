#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include "ipucnn/launch.h"

extern char** environ;

namespace ipucnn {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  void reset(int fd) {
    close();
    fd_ = fd;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
    // A larger pipe lets the job run on while we write to disk; refusal does no harm.
    constexpr int kPipeSize = 1 << 20;
    if (::fcntl(read_end.get(), F_SETPIPE_SZ, kPipeSize) < 0) errno = 0;
    return true;
  }
};

// A signal handler can only write to a descriptor it knows.
volatile sig_atomic_t signal_pipe = -1;

extern "C" void note_signal(int number) {
  const int saved = errno;
  const auto byte = static_cast<unsigned char>(number);
  if (signal_pipe >= 0 && ::write(static_cast<int>(signal_pipe), &byte, 1) < 0) {
  }
  errno = saved;
}

/// Catches signals for as long as a job runs.
class SignalGuard {
 public:
  bool install() {
    if (!pipe_.open()) return false;
    ::fcntl(pipe_.read_end.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(pipe_.write_end.get(), F_SETFL, O_NONBLOCK);
    signal_pipe = pipe_.write_end.get();
    struct sigaction action {};
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], nullptr, &old_[i]);
      if (!was_ignored(i)) ::sigaction(kSignals[i], &action, nullptr);
    }
    installed_ = true;
    return true;
  }
  ~SignalGuard() {
    if (!installed_) return;
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &old_[i], nullptr);
    signal_pipe = -1;
  }
  int fd() const { return pipe_.read_end.get(); }
  /// What the job must not inherit from us.
  sigset_t caught() const {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    for (std::size_t i = 0; i < kSignals.size(); ++i)
      if (!was_ignored(i)) sigaddset(&set, kSignals[i]);
    return set;
  }
  int next() const {
    unsigned char byte = 0;
    return ::read(pipe_.read_end.get(), &byte, 1) == 1 ? byte : 0;
  }

 private:
  // Whoever ignores a signal for us, as nohup does, means the job as well.
  bool was_ignored(std::size_t i) const {
    return kSignals[i] != SIGCHLD && old_[i].sa_handler == SIG_IGN;
  }

  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD};
  Pipe pipe_;
  std::array<struct sigaction, kSignals.size()> old_{};
  bool installed_ = false;
};

/// Our environment with the given variables on top.
std::vector<std::string> environment(
    const std::vector<std::pair<std::string, std::string>>& extra) {
  std::map<std::string, std::string, std::less<>> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != text.npos) all[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : extra) all[name] = value;
  std::vector<std::string> out;
  out.reserve(all.size());
  for (const auto& [name, value] : all) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// One job from start to end.
class Job {
 public:
  Job(const ProcessSpec& spec, Observer& observer) : spec_(spec), observer_(observer) {}

  Ended run() {
    if (!guard_.install() || !out_.open() || !err_.open())
      return {NotStarted{std::strerror(errno)}, std::nullopt, {}};
    if (const int error = start(); error != 0)
      return {NotStarted{std::strerror(error), error == ENOENT}, std::nullopt, {}};
    out_.write_end.close();
    err_.write_end.close();
    while (!status_ || streams_open()) {
      if (!step()) break;
    }
    return {outcome(), interrupted_, stopped_};
  }

 private:
  int start() {
    if (!spec_.cwd.empty() && ::access(spec_.cwd.c_str(), X_OK) != 0) return errno;
    const auto program = find_program(spec_);
    if (!program) return ENOENT;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_.write_end.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err_.write_end.get(), STDERR_FILENO);
    if (!spec_.cwd.empty()) posix_spawn_file_actions_addchdir_np(&actions, spec_.cwd.c_str());
    // An own group: a Ctrl-C reaches the job through us, once.
    posix_spawnattr_setpgroup(&attributes, 0);
    const sigset_t defaults = guard_.caught();
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> argv = spec_.argv;
    std::vector<std::string> env = environment(spec_.env);
    const int error = ::posix_spawn(&pid_, program->c_str(), &actions, &attributes,
                                    pointers(argv).data(), pointers(env).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
  }

  bool streams_open() const { return out_.read_end.get() >= 0 || err_.read_end.get() >= 0; }

  /// Waits for something to happen and deals with it. False when nothing more will come.
  bool step() {
    std::array<pollfd, 3> fds = {pollfd{guard_.fd(), POLLIN, 0},
                                 pollfd{out_.read_end.get(), POLLIN, 0},
                                 pollfd{err_.read_end.get(), POLLIN, 0}};
    const int ready = ::poll(fds.data(), fds.size(), timeout());
    if (ready < 0 && errno != EINTR) return false;
    if (ready == 0 && status_) return false;  // a grandchild keeps a stream open: it is not our job
    if (fds[1].revents != 0) take(out_.read_end, Stream::Out);
    if (fds[2].revents != 0) take(err_.read_end, Stream::Err);
    while (const int number = guard_.next()) {
      if (number == SIGCHLD)
        reap();
      else
        pass_on(number);
    }
    if (!status_) reap();
    ask_observer();
    return true;
  }

  int timeout() {
    using std::chrono::milliseconds;
    constexpr milliseconds kAfterTheEnd(500);
    if (status_) return static_cast<int>(kAfterTheEnd.count());
    const auto deadline = observer_.deadline();
    if (!deadline) return -1;
    const auto left = std::chrono::ceil<milliseconds>(*deadline - Clock::now());
    return left.count() < 0 ? 0 : static_cast<int>(std::min<long long>(left.count(), 60'000));
  }

  void take(Descriptor& fd, Stream stream) {
    const ssize_t n = ::read(fd.get(), buffer_.data(), buffer_.size());
    if (n > 0)
      observer_.bytes(stream, {buffer_.data(), static_cast<std::size_t>(n)}, Clock::now());
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
      fd.close();
  }

  void reap() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  }

  void pass_on(int number) {
    interrupted_ = number;
    if (!status_) ::kill(-pid_, number);
  }

  void ask_observer() {
    if (status_ || !stopped_.empty()) return;
    stopped_ = observer_.stop(Clock::now());
    if (!stopped_.empty()) ::kill(-pid_, SIGTERM);
  }

  Exit outcome() const {
    if (!status_) return NotStarted{"its end was lost"};
    if (WIFSIGNALED(*status_)) return Killed{WTERMSIG(*status_)};
    return Exited{WEXITSTATUS(*status_)};
  }

  const ProcessSpec& spec_;
  Observer& observer_;
  SignalGuard guard_;
  Pipe out_;
  Pipe err_;
  pid_t pid_ = -1;
  std::optional<int> status_;
  std::optional<int> interrupted_;
  std::string stopped_;
  static constexpr std::size_t kBufferSize = std::size_t{256} * 1024;
  std::vector<char> buffer_ = std::vector<char>(kBufferSize);
};

}  // namespace

Ended PosixProcesses::run(const ProcessSpec& spec, Observer& observer) {
  return Job(spec, observer).run();
}

std::string exit_text(const Exit& exit) {
  if (const auto* exited = std::get_if<Exited>(&exit))
    return "exit status " + std::to_string(exited->code);
  if (const auto* killed = std::get_if<Killed>(&exit))
    return "killed by signal " + std::to_string(killed->signal) + " (" +
           ::strsignal(killed->signal) + ")";
  return std::get<NotStarted>(exit).why;
}

}  // namespace ipucnn
