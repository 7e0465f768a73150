#include "run/guard.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <vector>

#include "ipucnn/local_run.h"
#include "ipucnn/record.h"
#include "run/process_tree.h"
#include "run/process_words.h"

namespace ipucnn::running {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Now = std::chrono::steady_clock;

constexpr int kControl = 3;
constexpr int kOut = 4;
constexpr int kErr = 5;

// What a launcher leaves behind when it ends has had its signal; this is for those that it did not
// speak to.
constexpr milliseconds kAfterTheLauncher(5000);
// A process that cannot be killed waits for a device or a file server, and we do not.
constexpr seconds kForTheKilled(30);

/// Nothing of the runner's stays open: whoever waits for the end of a file of its must not wait for
/// us. Returns why the three cannot be kept (errno), with all files as they were; 0: they are.
int keep_three_files(const GuardedJob& job) {
  const std::array given = {job.control, job.out, job.err};
  std::array<int, 3> moved{};
  for (std::size_t i = 0; i < given.size(); ++i) {
    moved[i] = ::fcntl(given[i], F_DUPFD, kErr + 1);
    if (moved[i] < 0) return errno;
  }
  for (std::size_t i = 0; i < moved.size(); ++i)
    ::dup3(moved[i], kControl + static_cast<int>(i), O_CLOEXEC);
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, kErr + 1, ~0U, 0) != 0)
#endif
    for (int fd = kErr + 1; fd < 65536; ++fd) ::close(fd);
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < kControl; ++fd) ::dup2(null, fd);
  ::close(null);
  return 0;
}

class Guard {
 public:
  explicit Guard(const GuardedJob& job) : job_(job) {}

  void run() {
    ::setsid();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_NAME, "ipucnn-guard");
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE})
      ::signal(number, SIG_IGN);
    ::signal(SIGCHLD, SIG_DFL);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &children, &usual_mask_);
    if (const int error = keep_three_files(job_); error != 0) {
      tell({GuardReport::What::NotStarted, error}, job_.control);
      return;
    }
    child_ended_ = ::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    if (!start()) return;
    ::close(kOut);
    ::close(kErr);
    watch();
    if (!tell({GuardReport::What::Ended, status_}) && !orphaned_) lose_the_runner();
  }

 private:
  /// False when the runner is gone.
  static bool tell(GuardReport report, int control = kControl) {
    while (::send(control, &report, sizeof report, MSG_NOSIGNAL) < 0)
      if (errno != EINTR) return false;
    return true;
  }

  bool start() {
    ProcessSpec spec = job_.spec;
    std::vector<std::string> env = environment_of(spec);
    const std::vector<char*> words = pointers(spec.argv);
    const std::vector<char*> variables = pointers(env);
    const pid_t own = ::getpid();
    // It runs in our memory until it is another program, and we wait until then.
    launcher_ = ::vfork();
    if (launcher_ < 0) return not_started(errno);
    if (launcher_ == 0) become_launcher(own, words, variables);
    if (start_error_ != 0) {
      ::waitpid(launcher_, nullptr, 0);
      return not_started(start_error_);
    }
    tell({GuardReport::What::Started, launcher_});
    return true;
  }

  bool not_started(int error) const {
    tell({GuardReport::What::NotStarted, error});
    return false;
  }

  /// Only what is safe between vfork and exec.
  [[noreturn]] void become_launcher(pid_t guard, const std::vector<char*>& words,
                                    const std::vector<char*>& variables) {
    ::setpgid(0, 0);
    // When guard and runner are both killed, the launcher at least learns of it.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != guard) ::_exit(1);
    for (int number = 1; number < NSIG; ++number)
      if (sigismember(&job_.defaults, number) == 1) ::signal(number, SIG_DFL);
    for (const int number : {SIGTTIN, SIGTTOU}) ::signal(number, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &usual_mask_, nullptr);
    ::dup2(kOut, STDOUT_FILENO);
    ::dup2(kErr, STDERR_FILENO);
    if (job_.spec.cwd.empty() || ::chdir(job_.spec.cwd.c_str()) == 0)
      ::execve(job_.program.c_str(), words.data(), variables.data());
    start_error_ = errno;
    ::_exit(127);
  }

  /// Until nothing is left.
  void watch() {
    while (has_children()) {
      if (launcher_over_ && !asked_) ask_the_rest();
      if (kill_at_ && Now::now() >= *kill_at_) {
        kill_all();
        return;
      }
      wait();
      take_orders();
    }
  }

  /// Collects who ended. A process without children has no descendants at all.
  bool has_children() {
    while (true) {
      int status = 0;
      const pid_t ended = ::waitpid(-1, &status, WNOHANG);
      if (ended == 0) return true;
      if (ended < 0 && errno != EINTR) return false;
      if (ended == launcher_) {
        launcher_over_ = true;
        status_ = status;
      }
    }
  }

  void kill_by(Now::time_point at) { kill_at_ = kill_at_ ? std::min(*kill_at_, at) : at; }

  void ask_the_rest() {
    asked_ = true;
    signal_all(descendants_of(::getpid()), SIGTERM);
    kill_by(Now::now() + std::min(job_.grace, kAfterTheLauncher));
  }

  void kill_all() {
    const auto give_up = Now::now() + kForTheKilled;
    while (has_children() && Now::now() < give_up) {
      signal_all(descendants_of(::getpid()), SIGKILL);
      pollfd one{child_ended_, POLLIN, 0};
      constexpr int kAWhile = 20;
      ::poll(&one, 1, kAWhile);
      empty_signals();
      take_orders();
    }
  }

  void wait() {
    std::array<pollfd, 2> fds = {
        {{child_ended_, POLLIN, 0}, {orphaned_ ? -1 : kControl, POLLIN, 0}}};
    int timeout = -1;
    if (kill_at_) {
      const auto left = std::chrono::ceil<milliseconds>(*kill_at_ - Now::now()).count();
      timeout = static_cast<int>(std::clamp<long long>(left, 0, 60'000));
    }
    ::poll(fds.data(), fds.size(), timeout);
    empty_signals();
  }

  void empty_signals() const {
    signalfd_siginfo info{};
    while (::read(child_ended_, &info, sizeof info) > 0) {
    }
  }

  void take_orders() {
    while (!orphaned_) {
      GuardOrder order;
      const ssize_t n = ::recv(kControl, &order, sizeof order, MSG_DONTWAIT);
      if (n == sizeof order) {
        obey(order.signal);
      } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
      } else {
        lose_the_runner();
      }
    }
  }

  void obey(int number) {
    if (number == SIGKILL)
      kill_by(Now::now());
    else if (!launcher_over_ && ::kill(-launcher_, number) != 0)
      ::kill(launcher_, number);
  }

  void lose_the_runner() {
    orphaned_ = true;
    obey(SIGTERM);
    ::kill(-launcher_, SIGCONT);
    kill_by(Now::now() + job_.grace);
    if (job_.run_folder.empty()) return;
    std::string error;
    record_lost(job_.run_folder, "ipucnn was killed; its job was ended", SystemClock().utc(),
                error);
  }

  const GuardedJob& job_;
  sigset_t usual_mask_{};
  int child_ended_ = -1;
  pid_t launcher_ = -1;
  bool launcher_over_ = false;
  volatile int start_error_ = 0;  // the launcher's process writes it
  int status_ = 0;
  bool asked_ = false;
  bool orphaned_ = false;
  std::optional<Now::time_point> kill_at_;
};

}  // namespace

void guard(const GuardedJob& job) {
  Guard(job).run();
  ::_exit(0);
}

}  // namespace ipucnn::running
