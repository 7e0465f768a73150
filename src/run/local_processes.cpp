#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "run/backend_jobs.h"
#include "run/descriptor.h"
#include "run/guard.h"
#include "run/posix_signals.h"
#include "run/process_tree.h"

namespace ipucnn {
namespace {

using running::Descriptor;
using running::GuardReport;

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

constexpr std::size_t kBufferSize = std::size_t{256} * 1024;

/// The next thing that a guard tells; absent when it is gone.
std::optional<GuardReport> next_report(int control) {
  GuardReport report;
  while (true) {
    const ssize_t n = ::recv(control, &report, sizeof report, 0);
    if (n == sizeof report) return report;
    if (n >= 0 || errno != EINTR) return std::nullopt;
  }
}

}  // namespace

/// One process from its start to its end.
class LocalProcesses::Job {
 public:
  Job(ProcessSpec spec, After after) : spec_(std::move(spec)), after_(std::move(after)) {}
  explicit Job(const Submitted& adopted) : name_(adopted), adopted_(true), begun_(true) {}

  const Submitted& name() const { return name_; }
  void set_name(Submitted name) { name_ = std::move(name); }
  const After& after() const { return after_; }
  bool begun() const { return begun_; }
  bool ended_well() const { return status_ && WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0; }
  bool over() const { return exit_.has_value(); }
  pid_t pid() const { return pid_; }
  pid_t guard() const { return guard_; }

  void begin(const sigset_t& defaults, const RunPlace& run) {
    begun_ = true;
    if (!out_.pipe.open() || !err_.pipe.open()) {
      exit_ = NotStarted{std::strerror(errno), false};
      return;
    }
    if (const int error = start(defaults, run); error != 0)
      exit_ = NotStarted{std::strerror(error), error == ENOENT};
    else if (!exit_)
      news_ = true;
    out_.pipe.write_end.close();
    err_.pipe.write_end.close();
  }

  /// Whether its guard went away before the job was over.
  bool lost_its_guard() const { return lost_; }
  void lose() {
    if (!exit_) exit_ = Lost{"the process that guards the job was killed, and the job was ended"};
    lost_ = false;
  }

  void cancel() {
    begun_ = true;
    exit_ = Cancelled{};
  }

  /// Reads what there is, and tells of it.
  void collect(std::size_t number, Time now, std::vector<Event>& events) {
    if (told_) return;
    if (std::exchange(news_, false)) events.push_back({number, now, Running{}});
    take(out_, Stream::Out, number, now, events);
    take(err_, Stream::Err, number, now, events);
    if (!exit_) look_for_the_end(now);
    if (!exit_) return;
    told_ = true;
    events.push_back({number, now, *exit_});
  }

  void add_descriptors(std::vector<pollfd>& fds) const {
    for (const Source* source : {&out_, &err_})
      if (source->pipe.read_end.get() >= 0) fds.push_back({source->pipe.read_end.get(), POLLIN, 0});
    if (control_.get() >= 0) fds.push_back({control_.get(), POLLIN, 0});
  }

  /// When it wants to be looked at although nothing came.
  std::optional<Time> deadline(Time now) const {
    if (told_ || !begun_) return std::nullopt;
    if (exit_ || news_ || lost_) return now;
    if (adopted_) return now + std::chrono::seconds(1);
    return give_up_;
  }

  void stop(int signal) {
    if (!begun_) cancel();
    if (adopted_) {
      if (is_alive()) ::kill(-adopted_pid(), signal);
      return;
    }
    const running::GuardOrder order{signal};
    if (control_.get() >= 0) ::send(control_.get(), &order, sizeof order, MSG_NOSIGNAL);
  }

  pid_t adopted_pid() const {
    const std::size_t blank = name_.text.find(' ', name_.text.find(' ') + 1);
    return static_cast<pid_t>(std::atol(name_.text.c_str() + std::min(blank, name_.text.size())));
  }

  bool is_alive() const { return name_of(adopted_pid()) == name_; }

  static Submitted name_of(pid_t pid) {
    return {"process " + boot_id() + " " + std::to_string(pid) + " " + process_start_time(pid)};
  }

 private:
  struct Source {
    Pipe pipe;
    std::int64_t offset = 0;
    // Not filled: most jobs write little at a time, and what is not touched is no memory.
    std::unique_ptr<char[]> buffer{new char[kBufferSize]};  // NOLINT(modernize-avoid-c-arrays)
  };

  int start(const sigset_t& defaults, const RunPlace& run) {
    if (!spec_.cwd.empty() && ::access(spec_.cwd.c_str(), X_OK) != 0) return errno;
    const auto program = find_program(spec_);
    if (!program) return ENOENT;
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return errno;
    control_.reset(ends[0]);
    Descriptor other_end(ends[1]);
    running::GuardedJob job{spec_, *program, run.folder, run.grace};
    if (!run.folder.empty()) job.spec.env.emplace_back(kRunMark, run.folder);
    job.out = out_.pipe.write_end.get();
    job.err = err_.pipe.write_end.get();
    job.control = other_end.get();
    job.defaults = defaults;
    guard_ = ::fork();
    if (guard_ < 0) return errno;
    if (guard_ == 0) running::guard(job);
    other_end.close();  // only the guard may hold it, so that its death can be seen
    const auto report = next_report(control_.get());
    if (!report) lose_guard();
    if (report && report->what == GuardReport::What::NotStarted) {
      let_guard_go();
      return report->value;
    }
    if (report) pid_ = report->value;
    return 0;
  }

  void let_guard_go() {
    control_.close();
    while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
    }
    guard_ = -1;
  }

  void lose_guard() {
    let_guard_go();
    lost_ = true;
  }

  static bool is_readable(int fd) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, 0) > 0;
  }

  void take(Source& source, Stream stream, std::size_t number, Time now,
            std::vector<Event>& events) {
    const int fd = source.pipe.read_end.get();
    if (fd < 0 || !is_readable(fd)) return;
    const ssize_t n = ::read(fd, source.buffer.get(), kBufferSize);
    if (n > 0) {
      const auto size = static_cast<std::size_t>(n);
      events.push_back({number, now, Bytes{stream, source.offset, {source.buffer.get(), size}}});
      source.offset += n;
      give_up_.reset();
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      source.pipe.read_end.close();
    }
  }

  void look_for_the_end(Time now) {
    if (adopted_) {
      if (!is_alive()) exit_ = Lost{"another process started it, and its end was not seen"};
      return;
    }
    if (!begun_) return;
    if (control_.get() >= 0 && is_readable(control_.get())) {
      if (const auto report = next_report(control_.get())) {
        status_ = report->value;
        let_guard_go();
      } else {
        lose_guard();
      }
    }
    if (!status_) return;
    const bool open = out_.pipe.read_end.get() >= 0 || err_.pipe.read_end.get() >= 0;
    if (open) {
      // Somebody who does not descend from the job may have been handed a stream.
      constexpr std::chrono::milliseconds kAfterTheEnd(500);
      if (!give_up_) give_up_ = now + kAfterTheEnd;
      if (now < *give_up_) return;
    }
    if (WIFSIGNALED(*status_))
      exit_ = Killed{WTERMSIG(*status_)};
    else
      exit_ = Exited{WEXITSTATUS(*status_)};
  }

  ProcessSpec spec_;
  After after_;
  Submitted name_;
  Source out_;
  Source err_;
  pid_t pid_ = -1;
  pid_t guard_ = -1;
  Descriptor control_;
  bool lost_ = false;  // the guard went away, and nobody has looked after the job yet
  bool adopted_ = false;
  bool begun_ = false;
  bool news_ = false;  // its start is not told of yet
  bool told_ = false;  // its end is
  std::optional<int> status_;
  std::optional<Time> give_up_;
  std::optional<Exit> exit_;
};

LocalProcesses::LocalProcesses(PosixSignals& signals, Clock& clock)
    : signals_(signals), clock_(clock) {
  // What a guard looks after is ours when the guard is killed.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}
LocalProcesses::~LocalProcesses() = default;

LocalProcesses::Job* LocalProcesses::find(const Submitted& job) const {
  return running::job_named(jobs_, job);
}

void LocalProcesses::begin_run(const RunPlace& run) { run_ = run; }

/// Ends all that a guard has left to us. Its launcher has got SIGTERM with its death.
void LocalProcesses::end_orphans() {
  constexpr std::chrono::seconds kToEnd(2);
  constexpr std::chrono::seconds kGiveUp(30);
  const auto from = std::chrono::steady_clock::now();
  while (true) {
    std::vector<pid_t> orphans = running::descendants_of(::getpid());
    for (const auto& job : jobs_) {
      if (job->guard() <= 0) continue;
      std::vector<pid_t> guarded = running::descendants_of(job->guard());
      guarded.push_back(job->guard());
      orphans.erase(std::remove_if(orphans.begin(), orphans.end(),
                                   [&](pid_t process) {
                                     return std::find(guarded.begin(), guarded.end(), process) !=
                                            guarded.end();
                                   }),
                    orphans.end());
    }
    for (const pid_t process : orphans) ::waitpid(process, nullptr, WNOHANG);
    const auto time = std::chrono::steady_clock::now() - from;
    if (orphans.empty() || time > kGiveUp) return;
    if (time > kToEnd) running::signal_all(orphans, SIGKILL);
    constexpr int kAWhile = 10;
    ::poll(nullptr, 0, kAWhile);
  }
}

std::vector<Submitted> LocalProcesses::submit(std::span<const ReadyStep> steps,
                                              const After& after) {
  std::vector<Submitted> names;
  for (const ReadyStep& step : steps) {
    auto job = std::make_unique<Job>(process_of(step.command()), after);
    job->set_name({"waiting " + std::to_string(::getpid()) + " " + std::to_string(jobs_.size())});
    if (after.ended_well.empty()) {
      job->begin(signals_.handlers_->caught(), run_);
      if (job->pid() > 0) job->set_name(Job::name_of(job->pid()));
    }
    names.push_back(job->name());
    jobs_.push_back(std::move(job));
  }
  return names;
}

/// Those of which all that they wait for is over. They keep the name they were given.
void LocalProcesses::begin_waiting() {
  for (const auto& job : jobs_) {
    if (job->begun()) continue;
    switch (running::turn_of(job->after(), jobs_)) {
      case running::Turn::NotYet:
        break;
      case running::Turn::Now:
        job->begin(signals_.handlers_->caught(), run_);
        break;
      case running::Turn::Never:
        job->cancel();
    }
  }
}

std::vector<Event> LocalProcesses::poll(std::span<const Submitted> jobs,
                                        std::optional<Time> deadline) {
  begin_waiting();
  std::vector<pollfd> fds = {{signals_.fd(), POLLIN, 0}};
  const Time now = clock_.now();
  for (const Submitted& name : jobs) {
    const Job* job = find(name);
    if (job == nullptr) continue;
    job->add_descriptors(fds);
    if (const auto own = job->deadline(now); own && (!deadline || *own < *deadline)) deadline = own;
  }
  int timeout = -1;
  if (deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - now).count();
    timeout = left < 0 ? 0 : static_cast<int>(std::min<long long>(left, 60'000));
  }
  std::vector<Event> events;
  if (::poll(fds.data(), fds.size(), timeout) < 0 && errno != EINTR) return events;
  const Time after = clock_.now();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    Job* job = find(jobs[i]);
    if (job == nullptr) {
      events.push_back({i, after, Lost{"this backend does not know it"}});
      continue;
    }
    job->collect(i, after, events);
    if (!job->lost_its_guard()) continue;
    end_orphans();
    job->lose();
  }
  return events;
}

void LocalProcesses::stop(std::span<const Submitted> jobs, int signal) {
  for (const Submitted& name : jobs)
    if (Job* job = find(name)) job->stop(signal);
}

bool LocalProcesses::adopt(const Submitted& job) {
  if (find(job) != nullptr) return true;
  auto adopted = std::make_unique<Job>(job);
  if (adopted->adopted_pid() <= 0 || !adopted->is_alive()) return false;
  jobs_.push_back(std::move(adopted));
  return true;
}

}  // namespace ipucnn
