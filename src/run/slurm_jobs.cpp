#include <poll.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/sha256.h"
#include "base/text.h"
#include "ipucnn/emit.h"
#include "ipucnn/local_run.h"
#include "ipucnn/run_variables.h"
#include "ipucnn/slurm_run.h"
#include "run/backend_jobs.h"
#include "run/growing_log.h"
#include "run/slurm_tools.h"
#include "run/submission.h"
#include "run/tool.h"

namespace ipucnn {
namespace {

using running::JobFile;
using running::kToSubmit;
using running::QueuedJob;
using std::chrono::milliseconds;

constexpr std::string_view kUnknown = "-";  // in the place of an id

Submitted name_of(std::string_view id, const std::string& place) {
  return {std::string(SlurmJobs::kName) + " " + std::string(id) + " " + place};
}

/// Names the submission in the queue, so that it is found there by whoever knows its place.
std::string comment_of(const std::string& place) {
  namespace fs = std::filesystem;
  const fs::path number(place);
  const fs::path step = number.parent_path();
  constexpr std::size_t kDigits = 12;
  return "ipucnn:" + printable(step.parent_path().filename().string()) + "/" +
         printable(step.filename().string()) + "/" + number.filename().string() + ":" +
         sha256(place).substr(0, kDigits);
}

/// Whether what sbatch says of its failure leaves open whether Slurm has the job: the controller
/// was asked, and its answer did not come.
bool leaves_open(const running::ToolAnswer& answer) {
  const auto says = [&](std::string_view text) { return answer.err.find(text) != answer.err.npos; };
  return says("timed out") || says("Zero Bytes") || says("receive failure");
}

/// A path for sbatch, which puts the job's facts in place of `%` and a letter.
std::string log_path(const std::string& place) {
  std::string path;
  for (const char c : place) path += c == '%' ? "%%" : std::string(1, c);
  return path + "/slurm.log";
}

}  // namespace

std::vector<std::string> slurm_variables() {
  std::vector<std::string> names = {std::string(kSlurmHosts)};
  for (const char* name :
       {"CLUSTER_NAME",  "CPUS_ON_NODE",    "GPUS",           "JOBID",
        "JOB_ACCOUNT",   "JOB_ID",          "JOB_NAME",       "JOB_NODELIST",
        "JOB_NUM_NODES", "JOB_PARTITION",   "JOB_USER",       "LOCALID",
        "NNODES",        "NODEID",          "NODELIST",       "NPROCS",
        "NTASKS",        "NTASKS_PER_NODE", "PROCID",         "RESTART_COUNT",
        "SUBMIT_DIR",    "SUBMIT_HOST",     "TASKS_PER_NODE", "JOB_CPUS_PER_NODE"})
    names.push_back(std::string("SLURM_") + name);
  return names;
}

/// One submission from the queue to its end.
class SlurmJobs::Job {
 public:
  /// `id` is empty of one that may have been submitted: it is looked for.
  Job(Submitted name, std::string id, std::string place)
      : name_(std::move(name)), id_(std::move(id)), place_(std::move(place)) {}
  /// One that was refused.
  Job(Submitted name, NotStarted why) : name_(std::move(name)), exit_(std::move(why)) {}

  const Submitted& name() const { return name_; }
  const std::string& id() const { return id_; }
  bool in_doubt() const { return !exit_ && !told_; }
  bool has_no_id() const { return id_.empty(); }

  /// To be asked before the queue is: an sbatch that ends in between has done its work.
  void see_whether_it_may_come() {
    may_come_ = running::may_be_submitting(place_, comment_of(place_));
  }
  /// Takes the id that its script or the queue tells. `queued` holds the jobs of ours. One that is
  /// in neither, and that no sbatch can be submitting any more, was never submitted.
  void look_for_id(const std::map<std::string, QueuedJob>& queued) {
    if (id_from_script()) return;
    const std::string comment = comment_of(place_);
    for (const auto& [id, job] : queued)
      if (job.comment.ends_with(comment)) id_ = id;
    if (id_.empty() && !may_come_) give_up(NotStarted{never_submitted_, false});
  }
  bool id_from_script() {
    const JobFile started = running::read_job_file(place_ + "/started");
    if (const auto told = started.find("job"); told != started.end()) id_ = told->second;
    return !id_.empty();
  }
  /// It is not to begin, even where Slurm comes to have it: its script looks for this file when it
  /// has told that it started.
  void give_up(Exit why) {
    std::string error;
    if (!write_file(place_ + "/withdrawn", "", error))
      complaint_ = error;
    else if (!id_from_script())
      exit_ = std::move(why);
  }
  void set_why_never_submitted(std::string why) { never_submitted_ = std::move(why); }

  /// What squeue says; null: it does not know the job any more. True when that is news.
  bool take(const QueuedJob* row) {
    const bool news = !asked_ || forgotten_ != (row == nullptr) ||
                      (row != nullptr && (row->state != row_.state || row->reason != row_.reason ||
                                          row->restarts != row_.restarts));
    asked_ = true;
    forgotten_ = row == nullptr;
    if (row != nullptr) row_ = *row;
    return news;
  }
  void take_complaint(const std::string& why) {
    if (!runs_) complaint_ = why;
  }

  /// Whether its files say that the queue has news.
  bool has_news() {
    if (exit_ || over()) return false;
    const bool ended = !running::read_job_file(place_ + "/ended").empty();
    return std::exchange(seen_end_, ended) != ended && ended;
  }

  void collect(std::size_t number, Time now, std::vector<Event>& events) {
    if (told_) return;
    if (!exit_) look(number, now, events);
    if (!exit_) return;
    told_ = true;
    events.push_back({number, now, *exit_});
  }

 private:
  bool over() const { return asked_ && (forgotten_ || row_.is_over()); }

  void look(std::size_t number, Time now, std::vector<Event>& events) {
    note_restart(number, now, events);
    note_start(number, now, events);
    bool grew = false;
    for (running::GrowingLog* log : {&out_, &err_})
      if (const Bytes bytes = log->next(); !bytes.bytes.empty()) {
        events.push_back({number, now, bytes});
        grew = true;
      }
    if (!over() || grew) return;
    if (!forgotten_)
      if (const auto remark = running::remark_on(row_)) events.push_back({number, now, *remark});
    exit_ =
        running::exit_of(forgotten_ ? nullptr : &row_, running::read_job_file(place_ + "/ended"));
  }

  /// Slurm put it back into the queue: it begins from the start, and its logs go on.
  void note_restart(std::size_t number, Time now, std::vector<Event>& events) {
    if (forgotten_ || row_.restarts <= restarts_) return;
    restarts_ = row_.restarts;
    runs_ = seen_end_ = false;
    events.push_back(
        {number, now,
         SeenMessage{"slurm_requeued", "Slurm put job " + id_ + " into the queue again",
                     "the job was begun " + counted(restarts_ + 1, "time") +
                         ", and its logs hold all of them",
                     "`requeue` and `no-requeue` among the site's options of Slurm "
                     "say whether it may"}});
  }

  void note_start(std::size_t number, Time now, std::vector<Event>& events) {
    if (runs_) return;
    const JobFile started = running::read_job_file(place_ + "/started");
    const auto again = started.find("restarts");
    const bool begun =
        again != started.end() && parse_int64(again->second).value_or(0) >= restarts_;
    if (begun || (asked_ && !forgotten_ && !row_.waits() && !row_.is_over())) {
      runs_ = true;
      const auto host = started.find("host");
      events.push_back(
          {number, now, Running{begun && host != started.end() ? host->second : row_.host}});
    } else if (asked_ && row_.waits()) {
      tell_queued(row_.reason == "None" ? "" : row_.reason, number, now, events);
    } else if (!complaint_.empty()) {
      tell_queued(complaint_, number, now, events);
    }
  }

  void tell_queued(const std::string& why, std::size_t number, Time now,
                   std::vector<Event>& events) {
    if (queued_ == why) return;
    queued_ = why;
    events.push_back({number, now, Queued{why}});
  }

  Submitted name_;
  std::string id_;
  std::string place_;
  running::GrowingLog out_{Stream::Out, place_ + "/stdout.log"};
  running::GrowingLog err_{Stream::Err, place_ + "/stderr.log"};
  QueuedJob row_;
  bool asked_ = false;
  bool forgotten_ = false;
  bool runs_ = false;
  bool seen_end_ = false;  // its script's word of it
  std::int64_t restarts_ = 0;
  bool may_come_ = true;
  std::string never_submitted_ = "it was never submitted";
  std::string complaint_;
  std::optional<std::string> queued_;  // as it was told
  std::optional<Exit> exit_;
  bool told_ = false;
};

SlurmJobs::SlurmJobs(const PosixSignals* signals, Clock& clock)
    : signals_(signals), clock_(clock) {}
SlurmJobs::~SlurmJobs() = default;

SlurmJobs::Job* SlurmJobs::find(const Submitted& job) const {
  return running::job_named(jobs_, job);
}

void SlurmJobs::begin_run(const RunPlace& run) { run_ = run; }

Submitted SlurmJobs::intended(const ReadyStep& step) const {
  return name_of(kUnknown, step.place());
}

std::vector<Submitted> SlurmJobs::submit(std::span<const ReadyStep> steps, const After& after) {
  std::string ids;
  bool refused = false;
  for (const Submitted& name : after.ended_well) {
    const Job* other = find(name);
    refused = refused || other == nullptr || other->id().empty();
    if (other != nullptr) ids += ":" + other->id();
  }
  std::vector<Submitted> names;
  for (const ReadyStep& step : steps) {
    std::unique_ptr<Job> job;
    if (refused)
      job = std::make_unique<Job>(intended(step), NotStarted{"the step before was refused", false});
    else
      job = submit_one(step, ids);
    names.push_back(job->name());
    jobs_.push_back(std::move(job));
  }
  pace_.changed(clock_.now());
  return names;
}

std::unique_ptr<SlurmJobs::Job> SlurmJobs::submit_one(const ReadyStep& step,
                                                      const std::string& after) {
  // A step that goes on from a checkpoint is another one than the plan has.
  JobPlan plan = *run_.plan;
  if (const auto at = find_step(plan, step.made().name)) plan.steps[*at] = step.made();
  const auto script = emit(plan, "sbatch");
  const std::string path = run_.folder + "/job.sbatch";
  std::string error;
  if (!write_file(path, script->front().text, error))
    return std::make_unique<Job>(intended(step), NotStarted{error, false});
  std::string comment = comment_of(step.place());
  for (const auto& [name, value] : plan.slurm->options)
    if (name == "comment") comment = value + " " + comment;
  std::vector<std::string> words = {"sbatch", "--parsable", "--comment=" + comment,
                                    "--output=" + log_path(step.place()), "--open-mode=append"};
  if (!after.empty()) {
    words.push_back("--dependency=afterok" + after);
    words.emplace_back("--kill-on-invalid-dep=yes");
  }
  words.insert(words.end(), {path, step.place(), batch_step_name(step.made().name)});
  if (!running::note_submission(step.place(), error))
    return std::make_unique<Job>(intended(step), NotStarted{error, false});
  const auto answer = running::ask_slurm(words, kToSubmit);
  if (!answer && !find_program({{words.front()}, {}, {}}))
    return std::make_unique<Job>(intended(step), NotStarted{"sbatch is not on PATH", false});
  const std::string id = answer ? answer->out.substr(0, answer->out.find_first_of(";\n")) : "";
  if (answer && answer->good() && parse_int64(id))
    return std::make_unique<Job>(name_of(id, step.place()), id, step.place());
  const std::string why = !answer          ? "sbatch did not answer in time"
                          : answer->good() ? "sbatch does not tell the job's id: " + id
                                           : answer->complaint();
  if (answer && !answer->good() && !leaves_open(*answer))
    return std::make_unique<Job>(intended(step), NotStarted{why, false});
  // Slurm may have it: the queue will tell.
  auto job = std::make_unique<Job>(intended(step), "", step.place());
  job->set_why_never_submitted(why);
  return job;
}

/// Of those without an id, all jobs of ours are asked for.
bool SlurmJobs::look_for_ids(std::span<Job* const> jobs) {
  for (Job* job : jobs) job->see_whether_it_may_come();
  std::string error;
  const auto queued = running::ask_queue_of_user(error);
  for (Job* job : jobs)
    if (queued)
      job->look_for_id(*queued);
    else if (!job->id_from_script())
      job->take_complaint(error);
  return std::any_of(jobs.begin(), jobs.end(), [](const Job* job) { return !job->has_no_id(); });
}

void SlurmJobs::ask(std::span<const Submitted> jobs, Time now) {
  std::vector<Job*> doubtful;
  std::vector<Job*> nameless;
  for (const Submitted& name : jobs)
    if (Job* job = find(name); job != nullptr && job->in_doubt()) {
      doubtful.push_back(job);
      if (job->has_no_id()) nameless.push_back(job);
    }
  news_ = false;
  if (doubtful.empty()) return;
  bool news = !nameless.empty() && look_for_ids(nameless);
  std::erase_if(doubtful, [](const Job* job) { return job->has_no_id(); });
  std::vector<std::string> ids;
  for (const Job* job : doubtful) ids.push_back(job->id());
  std::string error;
  const auto rows = ids.empty() ? std::nullopt : running::ask_queue(ids, error);
  for (Job* job : doubtful)
    if (rows) {
      const auto row = rows->find(job->id());
      news = job->take(row == rows->end() ? nullptr : &row->second) || news;
    } else {
      job->take_complaint(error);
    }
  pace_.asked(now, news);
}

std::vector<Event> SlurmJobs::poll(std::span<const Submitted> jobs, std::optional<Time> deadline) {
  std::vector<Event> events;
  for (;;) {
    for (const Submitted& name : jobs)
      if (Job* job = find(name)) news_ = job->has_news() || news_;
    if (const Time now = clock_.now(); pace_.is_due(now, news_)) ask(jobs, now);
    const Time now = clock_.now();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (Job* job = find(jobs[i]))
        job->collect(i, now, events);
      else
        events.push_back({i, now, Lost{"this backend does not know it"}});
    }
    if (!events.empty() || (deadline && now >= *deadline)) return events;
    const milliseconds pause = until_next_look(now, deadline, jobs.size());
    pollfd wake{signals_ == nullptr ? -1 : signals_->fd(), POLLIN, 0};
    if (::poll(&wake, 1, static_cast<int>(pause.count())) != 0) return events;
  }
}

void SlurmJobs::stop(std::span<const Submitted> jobs, int signal) {
  if (signal == SIGTSTP || signal == SIGCONT) return;
  std::vector<Job*> nameless;
  for (const Submitted& name : jobs)
    if (Job* job = find(name); job != nullptr && job->in_doubt() && job->has_no_id())
      nameless.push_back(job);
  if (!nameless.empty()) look_for_ids(nameless);
  for (Job* job : nameless)
    if (job->in_doubt() && job->has_no_id()) job->give_up(Cancelled{});
  std::vector<std::string> ids;
  for (const Submitted& name : jobs)
    if (const Job* job = find(name); job != nullptr && job->in_doubt() && !job->has_no_id())
      ids.push_back(job->id());
  if (ids.empty()) return;
  std::vector<std::string> words = {"scancel"};
  if (signal == SIGKILL) words.insert(words.end(), {"--signal=KILL", "--full"});
  words.insert(words.end(), ids.begin(), ids.end());
  running::ask_slurm(words, kToSubmit);
  pace_.changed(clock_.now());
}

void SlurmJobs::forget(std::span<const Submitted> jobs) { running::forget_jobs(jobs, jobs_); }

bool SlurmJobs::adopt(const Submitted& job) {
  if (find(job) != nullptr) return true;
  const std::string_view text = job.text;
  const std::size_t first = text.find(' ');
  const std::size_t second = text.find(' ', first + 1);
  if (text.substr(0, first) != kName || second == text.npos) return false;
  std::string id(text.substr(first + 1, second - first - 1));
  const std::string place(text.substr(second + 1));
  if (id == kUnknown) {
    // What is about to be submitted is on disk before.
    if (!running::was_submission_begun(place)) return false;
    id.clear();
  }
  jobs_.push_back(std::make_unique<Job>(job, id, place));
  return true;
}

}  // namespace ipucnn
