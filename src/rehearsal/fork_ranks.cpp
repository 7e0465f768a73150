// The ranks without Open MPI, for a machine that has none: started here, tagged and ended as
// mpirun 4.1.4 does it.
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "rehearsal/ranks.h"

namespace ipucnn::rehearsing {
namespace {

using Clock = std::chrono::steady_clock;

/// mpirun's own statuses (measured).
constexpr int kNoSuchProgram = 134;
constexpr int kAsked = 1;  // SIGINT or SIGTERM
/// From SIGTERM to SIGKILL.
constexpr std::chrono::seconds kGrace(2);

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Of mpirun's words only `-x NAME=VALUE` means something without mpirun.
void apply_forwards(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::size_t equals = words[i + 1].find('=');
    if (words[i] == "-x" && equals != std::string::npos)
      ::setenv(words[i + 1].substr(0, equals).c_str(), words[i + 1].c_str() + equals + 1, 1);
  }
}

class ForkedRanks {
 public:
  explicit ForkedRanks(const RankPlan& plan) : plan_(plan) {}

  int run() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&signals, number);
    ::sigprocmask(SIG_BLOCK, &signals, &old_mask_);
    signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    const bool tag_all = has_word(plan_.mpi_words, "--tag-output");
    for (std::size_t i = 0; i < plan_.ranks.size(); ++i) {
      // Open MPI looks for it in the first rank's words only.
      const bool tag = tag_all || has_word(plan_.ranks.front().mpi_words, "--tag-output");
      if (!start(i, tag)) break;
    }
    while (running() > 0 || !streams_.empty())
      if (!step()) break;
    return status_;
  }

 private:
  struct Child {
    pid_t pid;
    bool ended = false;
  };
  struct Stream {
    int fd;
    int to;
    std::string tag;
  };

  bool start(std::size_t index, bool tag) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0) return fail(errno);
    if (::pipe2(err.data(), O_CLOEXEC) != 0) {
      const int why = errno;
      ::close(out[0]);
      ::close(out[1]);
      return fail(why);
    }
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) become(plan_.ranks[index], out[1], err[1], parent);
    const int why = errno;
    ::close(out[1]);
    ::close(err[1]);
    const std::string rank = "[1," + std::to_string(index) + "]";
    streams_.push_back({out[0], STDOUT_FILENO, tag ? rank + "<stdout>:" : ""});
    streams_.push_back({err[0], STDERR_FILENO, tag ? rank + "<stderr>:" : ""});
    if (pid < 0) return fail(why);
    children_.push_back({pid});
    return true;
  }

  [[noreturn]] void become(const Rank& rank, int out, int err, pid_t parent) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(nowhere, STDIN_FILENO);
    ::dup2(rank.silent ? nowhere : out, STDOUT_FILENO);
    ::dup2(rank.silent ? nowhere : err, STDERR_FILENO);
    apply_forwards(plan_.mpi_words);
    for (const auto& [name, value] : rank.variables) ::setenv(name.c_str(), value.c_str(), 1);
    apply_forwards(rank.mpi_words);
    std::vector<std::string> program = plan_.program;
    std::vector<char*> argv;
    for (std::string& word : program) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execvp(argv.front(), argv.data());
    const std::string why =
        "REHEARSAL: cannot start " + program.front() + ": " + std::strerror(errno) + "\n";
    write_all(STDERR_FILENO, why);
    ::_exit(kNoSuchProgram);
  }

  /// Waits for something and deals with it. False when waiting is no longer possible.
  bool step() {
    std::vector<pollfd> fds = {{signals_, POLLIN, 0}};
    for (const Stream& stream : streams_) fds.push_back({stream.fd, POLLIN, 0});
    const int ready = ::poll(fds.data(), fds.size(), timeout());
    if (ready < 0 && errno != EINTR) return false;
    if (ready == 0 && running() == 0) return false;  // what still holds a stream is no rank
    // From the back, because a stream that has ended is taken out.
    for (std::size_t i = streams_.size(); i-- > 0;)
      if (fds[i + 1].revents != 0) pass_on(i);
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info))
      if (info.ssi_signo != SIGCHLD) end_with(kAsked);
    reap();
    if (kill_at_ && Clock::now() >= *kill_at_) {
      send(SIGKILL);
      kill_at_.reset();
    }
    return true;
  }

  int timeout() const {
    constexpr int kAfterTheEnd = 300;
    if (running() == 0) return kAfterTheEnd;
    if (!kill_at_) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*kill_at_ - Clock::now()).count();
    return static_cast<int>(std::max<long long>(0, left));
  }

  void pass_on(std::size_t index) {
    std::array<char, 65536> buffer{};
    const Stream& stream = streams_[index];
    const ssize_t n = ::read(stream.fd, buffer.data(), buffer.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n <= 0) {
      ::close(stream.fd);
      streams_.erase(streams_.begin() + static_cast<std::ptrdiff_t>(index));
      return;
    }
    std::string_view rest(buffer.data(), static_cast<std::size_t>(n));
    std::string text;
    while (!rest.empty()) {  // a tag before each line and each chunk, as mpirun does it
      const std::size_t line = std::min(rest.size(), rest.find('\n') + 1);
      const std::size_t size = line == 0 ? rest.size() : line;
      text += stream.tag;
      text += rest.substr(0, size);
      rest.remove_prefix(size);
    }
    write_all(stream.to, text);
  }

  void reap() {
    for (Child& child : children_) {
      int how = 0;
      if (child.ended || ::waitpid(child.pid, &how, WNOHANG) != child.pid) continue;
      child.ended = true;
      const int status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
      if (status != 0) end_with(status);
    }
  }

  /// The first reason decides; the other ranks end with it.
  void end_with(int status) {
    if (ending_) return;
    ending_ = true;
    status_ = status;
    send(SIGTERM);
    kill_at_ = Clock::now() + kGrace;
  }

  bool fail(int why) {
    write_all(STDERR_FILENO,
              std::string("REHEARSAL: cannot start all ranks: ") + std::strerror(why) + "\n");
    end_with(1);
    return false;
  }

  void send(int number) const {
    for (const Child& child : children_)
      if (!child.ended) ::kill(child.pid, number);
  }

  std::size_t running() const {
    return static_cast<std::size_t>(std::count_if(children_.begin(), children_.end(),
                                                  [](const Child& child) { return !child.ended; }));
  }

  static void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::write(fd, text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  const RankPlan& plan_;
  std::vector<Child> children_;
  std::vector<Stream> streams_;
  sigset_t old_mask_{};
  int signals_ = -1;
  int status_ = 0;
  bool ending_ = false;
  std::optional<Clock::time_point> kill_at_;
};

}  // namespace

int run_ranks(const RankPlan& plan) { return ForkedRanks(plan).run(); }

}  // namespace ipucnn::rehearsing
