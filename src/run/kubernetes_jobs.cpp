#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <map>

#include "base/sha256.h"
#include "ipucnn/emit.h"
#include "ipucnn/kubernetes_run.h"
#include "ipucnn/local_run.h"
#include "run/backend_jobs.h"
#include "run/descriptor.h"
#include "run/kube_tools.h"
#include "run/submission.h"
#include "run/tool.h"

namespace ipucnn {
namespace {

using running::ClusterJob;
using running::JobName;
using running::kToSubmit;
using std::chrono::milliseconds;

/// A log that ends with its container has ended by then.
constexpr std::chrono::seconds kToDrain(20);

Submitted name_of(const JobName& job, const std::string& place) {
  const std::string name_space = job.name_space.empty() ? "-" : job.name_space;
  return {std::string(KubernetesJobs::kName) + " " + name_space + " " + job.name + " " + place};
}

std::string manifest_in(const std::string& place) { return place + "/ipujob.yml"; }

/// Whether what kubectl says of its failure leaves open whether the cluster has the job: it was
/// asked, and its answer did not come.
bool leaves_open(const std::string& complaint) {
  const auto says = [&](std::string_view text) { return complaint.find(text) != complaint.npos; };
  return says("imeout") || says("timed out") || says("EOF") || says("connection reset") ||
         says("connection lost");
}

/// A try has one name, so that its job cannot be created twice.
JobName job_of(const JobPlan& plan, const ReadyStep& step) {
  return {plan.kubernetes->name_space,
          ipujob_name(plan, step.made()) + "-" + sha256(step.place()).substr(0, kIpujobSuffix - 1)};
}

}  // namespace

/// One IPUJob from its creation to its deletion.
class KubernetesJobs::Job {
 public:
  /// `restarts`: how often its operator begins it again when it fails.
  Job(Submitted name, JobName job, std::string place, After after, std::int64_t restarts)
      : name_(std::move(name)),
        job_(std::move(job)),
        place_(std::move(place)),
        manifest_(manifest_in(place_)),
        after_(std::move(after)),
        most_restarts_(restarts) {}
  ~Job() { end_log(); }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  const Submitted& name() const { return name_; }
  const JobName& job() const { return job_; }
  const After& after() const { return after_; }
  bool created() const { return created_; }
  bool in_doubt() const { return created_ && !exit_; }
  bool over() const { return exit_.has_value(); }
  bool ended_well() const {
    const auto* exited = exit_ ? std::get_if<Exited>(&*exit_) : nullptr;
    return exited != nullptr && exited->code == 0;
  }
  int log() const { return log_.get(); }

  /// It may have been created: the cluster is asked, and where it has none this is why.
  void look_for(std::string why_none) {
    created_ = true;
    why_none_ = std::move(why_none);
  }
  /// To be asked before the cluster is: a kubectl that ends in between has done its work.
  void see_whether_it_may_come() {
    may_come_ = why_none_ && running::may_be_submitting(place_, manifest_);
  }
  void cancel() { exit_ = Cancelled{}; }
  void refuse(const std::string& why) { exit_ = NotStarted{why, false}; }

  void create() {
    std::string error;
    if (!running::note_submission(place_, error)) return refuse(error);
    const auto answer =
        running::ask_tool({"kubectl", "create", "--filename=" + manifest_}, kToSubmit);
    // Its name is made of the folder of its try: what is there already is this very submission.
    created_ = answer && (answer->good() || answer->err.find("AlreadyExists") != std::string::npos);
    if (created_) return;
    if (answer && leaves_open(answer->err)) return look_for(answer->complaint());
    refuse(answer ? answer->complaint() : "kubectl is not on PATH, or did not answer in time");
  }

  /// What the cluster says; null: it has no such job any more. True when that is news.
  bool take(const ClusterJob* row) {
    const bool news =
        !asked_ || gone_ != (row == nullptr) ||
        (row != nullptr && (row->runs != row_.runs || row->waits_for != row_.waits_for));
    if (row == nullptr && why_none_) {
      if (!may_come_) refuse(*why_none_);
      return !may_come_;
    }
    why_none_.reset();
    asked_ = true;
    gone_ = row == nullptr;
    if (row == nullptr) return news;
    if (row->restarts > row_.restarts) container_from_ = offset_;  // its log begins anew
    row_ = *row;
    return news;
  }

  void remove(const std::vector<std::string>& how) {
    std::vector<std::string> words = {"delete", "--wait=false", "--ignore-not-found"};
    words.insert(words.end(), how.begin(), how.end());
    words.push_back("ipujobs.graphcore.ai/" + job_.name);
    const auto answer =
        running::ask_tool(running::kubectl(job_.name_space, std::move(words)), kToSubmit);
    if (!refused_ && (!answer || !answer->good()))
      refused_ = answer ? answer->complaint() : "kubectl does not answer";
  }

  void collect(std::size_t number, Time now, std::vector<Event>& events) {
    if (told_) return;
    if (refused_ && !refused_->empty())
      events.push_back({number, now,
                        SeenMessage{"kubernetes_not_ended",
                                    "Kubernetes does not end it: " + std::exchange(*refused_, ""),
                                    "the cluster did not delete " + job_.name,
                                    "delete it by kubectl, or ask who runs the cluster"}});
    if (!exit_ && created_) look(number, now, events);
    if (!exit_) return;
    told_ = true;
    events.push_back({number, now, *exit_});
  }

 private:
  /// A failure that the operator answers by another start is not the end.
  bool has_ended() const {
    if (!asked_ || gone_) return asked_;
    const auto* exited = row_.exit ? std::get_if<Exited>(&*row_.exit) : nullptr;
    const bool again = exited != nullptr && exited->code != 0 && row_.restarts < most_restarts_;
    return row_.exit && !again;
  }

  void look(std::size_t number, Time now, std::vector<Event>& events) {
    if (asked_ && !runs_ && (row_.runs || row_.exit)) {
      runs_ = true;
      events.push_back({number, now, Running{row_.node}});
    } else if (asked_ && !runs_ && !gone_ && queued_ != row_.waits_for) {
      queued_ = row_.waits_for;
      events.push_back({number, now, Queued{row_.waits_for}});
    }
    if (runs_ && !gone_ && log_.get() < 0 && !log_whole_) begin_log();
    const bool came = read_log(number, now, events);
    if (!has_ended() || came) return;
    if (!ended_at_) ended_at_ = now;
    if (log_.get() >= 0 && now < *ended_at_ + kToDrain) return;
    if (!gone_ && row_.remark) events.push_back({number, now, *row_.remark});
    exit_ = gone_ && !row_.exit ? Exit(Cancelled{}) : row_.exit.value_or(Exit(Cancelled{}));
    if (log_whole_ && !gone_) remove({});
    end_log();
  }

  /// kubectl prints a log from its beginning each time; what was kept already is skipped.
  void begin_log() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;
    log_.reset(ends[0]);
    running::Descriptor its(ends[1]);
    skip_ = offset_ - container_from_;
    std::vector<std::string> words = {"logs", "--follow", running::worker_of(job_.name)};
    if (!row_.container.empty()) words.push_back("--container=" + row_.container);
    const auto child =
        running::start_tool(running::kubectl(job_.name_space, std::move(words)), its.get());
    its.close();
    if (child)
      reader_ = *child;
    else
      log_.close();
  }

  bool read_log(std::size_t number, Time now, std::vector<Event>& events) {
    if (log_.get() < 0) return false;
    const ssize_t n = ::read(log_.get(), buffer_.data(), buffer_.size());
    if (n < 0) return false;
    if (n == 0) {
      log_whole_ = end_log() && has_ended();
      return false;
    }
    const std::int64_t skipped = std::min<std::int64_t>(skip_, n);
    skip_ -= skipped;
    const auto from = static_cast<std::size_t>(skipped);
    const auto size = static_cast<std::size_t>(n - skipped);
    if (size > 0)
      events.push_back({number, now, Bytes{Stream::Out, offset_, {buffer_.data() + from, size}}});
    offset_ += static_cast<std::int64_t>(size);
    return true;
  }

  /// Whether it had said all.
  bool end_log() {
    log_.close();
    if (reader_ <= 0) return false;
    ::kill(reader_, SIGTERM);
    int status = 0;
    while (::waitpid(reader_, &status, 0) < 0 && errno == EINTR) {
    }
    reader_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  Submitted name_;
  JobName job_;
  std::string place_;
  std::string manifest_;
  After after_;
  std::int64_t most_restarts_;
  std::optional<std::string> why_none_;
  bool may_come_ = false;
  bool created_ = false;
  bool asked_ = false;
  bool gone_ = false;
  bool runs_ = false;
  bool told_ = false;
  ClusterJob row_;
  std::optional<std::string> refused_;  // why it is not ended; empty: it was told
  std::optional<std::string> queued_;   // as it was told
  running::Descriptor log_;
  pid_t reader_ = -1;
  bool log_whole_ = false;
  std::int64_t offset_ = 0;
  std::int64_t container_from_ = 0;  // in all that was read
  std::int64_t skip_ = 0;
  std::optional<Time> ended_at_;
  std::optional<Exit> exit_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{64} * 1024);
};

KubernetesJobs::KubernetesJobs(const PosixSignals* signals, Clock& clock)
    : signals_(signals), clock_(clock) {}
KubernetesJobs::~KubernetesJobs() = default;

KubernetesJobs::Job* KubernetesJobs::find(const Submitted& job) const {
  return running::job_named(jobs_, job);
}

void KubernetesJobs::begin_run(const RunPlace& run) { run_ = run; }

Submitted KubernetesJobs::intended(const ReadyStep& step) const {
  return name_of(job_of(*run_.plan, step), step.place());
}

std::vector<Submitted> KubernetesJobs::submit(std::span<const ReadyStep> steps,
                                              const After& after) {
  std::vector<Submitted> names;
  for (const ReadyStep& step : steps) {
    const JobName job = job_of(*run_.plan, step);
    std::string error;
    const bool written = write_file(manifest_in(step.place()),
                                    ipujob_text(*run_.plan, step.made(), job.name), error);
    names.push_back(name_of(job, step.place()));
    jobs_.push_back(std::make_unique<Job>(names.back(), job, step.place(), after,
                                          run_.plan->kubernetes->backoff_limit));
    if (!written) jobs_.back()->refuse(error);
  }
  create_waiting();
  return names;
}

/// Those of which all that they wait for is over.
void KubernetesJobs::create_waiting() {
  for (const auto& job : jobs_) {
    if (job->created() || job->over()) continue;
    const running::Turn turn = running::turn_of(job->after(), jobs_);
    if (turn == running::Turn::NotYet) continue;
    if (turn == running::Turn::Now)
      job->create();
    else
      job->cancel();
    pace_.begin_anew();
  }
}

void KubernetesJobs::ask(std::span<const Submitted> jobs, Time now) {
  std::map<std::string, std::vector<Job*>> by_name_space;  // a question each; a run has one
  for (const Submitted& name : jobs)
    if (Job* job = find(name); job != nullptr && job->in_doubt())
      by_name_space[job->job().name_space].push_back(job);
  bool news = false;
  for (const auto& [name_space, doubtful] : by_name_space) {
    std::vector<std::string> names;
    for (const Job* job : doubtful) names.push_back(job->job().name);
    for (Job* job : doubtful) job->see_whether_it_may_come();
    std::string unsaid;  // it is asked again
    const auto rows = running::ask_cluster(name_space, names, unsaid);
    if (!rows) continue;
    for (Job* job : doubtful) {
      const auto row = rows->find(job->job().name);
      news = job->take(row == rows->end() ? nullptr : &row->second) || news;
    }
  }
  if (!by_name_space.empty()) pace_.asked(now, news);
}

std::vector<Event> KubernetesJobs::poll(std::span<const Submitted> jobs,
                                        std::optional<Time> deadline) {
  std::vector<Event> events;
  for (;;) {
    create_waiting();
    if (const Time now = clock_.now(); pace_.is_due(now)) ask(jobs, now);
    const Time now = clock_.now();
    std::vector<pollfd> wake = {{signals_ == nullptr ? -1 : signals_->fd(), POLLIN, 0}};
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      Job* job = find(jobs[i]);
      if (job == nullptr) {
        events.push_back({i, now, Lost{"this backend does not know it"}});
        continue;
      }
      job->collect(i, now, events);
      wake.push_back({job->log(), POLLIN, 0});
    }
    if (!events.empty() || (deadline && now >= *deadline)) return events;
    const milliseconds pause = until_next_look(now, deadline);
    const int ready = ::poll(wake.data(), wake.size(), static_cast<int>(pause.count()));
    if (ready != 0 && wake.front().revents != 0) return events;
  }
}

void KubernetesJobs::stop(std::span<const Submitted> jobs, int signal) {
  if (signal == SIGTSTP || signal == SIGCONT) return;
  for (const Submitted& name : jobs) {
    Job* job = find(name);
    if (job == nullptr || job->over()) continue;
    if (!job->created())
      job->cancel();
    else if (signal == SIGKILL)
      job->remove({"--grace-period=0", "--force"});
    else
      job->remove({});
  }
  pace_.begin_anew();
}

void KubernetesJobs::forget(std::span<const Submitted> jobs) { running::forget_jobs(jobs, jobs_); }

bool KubernetesJobs::adopt(const Submitted& job) {
  if (find(job) != nullptr) return true;
  std::array<std::string, 3> words;
  std::string_view rest = job.text;
  for (std::string& word : words) {
    const std::size_t blank = rest.find(' ');
    if (blank == rest.npos) return false;
    word = rest.substr(0, blank);
    rest.remove_prefix(blank + 1);
  }
  if (words[0] != kName) return false;
  const JobName name{words[1] == "-" ? "" : words[1], words[2]};
  const std::string place(rest);
  // What is about to be created is on disk before.
  if (!running::was_submission_begun(place)) return false;
  jobs_.push_back(std::make_unique<Job>(
      job, name, place, After{},
      run_.plan == nullptr || !run_.plan->kubernetes ? 0 : run_.plan->kubernetes->backoff_limit));
  jobs_.back()->look_for("it was never created");
  return true;
}

}  // namespace ipucnn
