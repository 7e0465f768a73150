#include <poll.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "base/text.h"
#include "ipucnn/emit.h"
#include "ipucnn/local_run.h"
#include "ipucnn/run_variables.h"
#include "run/backend_jobs.h"
#include "run/slurm_job.h"
#include "run/tool.h"

namespace ipucnn {

using running::kToSubmit;
using std::chrono::milliseconds;

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

SlurmJobs::SlurmJobs(const PosixSignals* signals, Clock& clock)
    : signals_(signals), clock_(clock) {}
SlurmJobs::~SlurmJobs() = default;

SlurmJobs::Job* SlurmJobs::find(const Submitted& job) const {
  return running::job_named(jobs_, job);
}

void SlurmJobs::begin_run(const RunPlace& run) { run_ = run; }

Submitted SlurmJobs::intended(const ReadyStep& step) const {
  return running::slurm_name(running::kNoId, step.place());
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
  const std::string comment = running::whole_comment(plan, running::comment_of(step.place()));
  std::vector<std::string> words = {
      "sbatch", "--parsable", "--comment=" + comment,
      "--output=" + running::path_for_sbatch(step.place()) + "/slurm.log", "--open-mode=append"};
  if (!after.empty()) {
    words.push_back("--dependency=afterok" + after);
    words.emplace_back("--kill-on-invalid-dep=yes");
  }
  words.insert(words.end(), {path, step.place(), batch_step_name(step.made().name)});
  if (!running::note_submission(step.place(), error))
    return std::make_unique<Job>(intended(step), NotStarted{error, false});
  const running::Submission made = running::submit_batch(words);
  if (!made.id.empty())
    return std::make_unique<Job>(running::slurm_name(made.id, step.place()), made.id, step.place());
  if (!made.open) return std::make_unique<Job>(intended(step), NotStarted{made.why_none, false});
  auto job = std::make_unique<Job>(intended(step), "", step.place());
  job->set_why_never_submitted(made.why_none);
  return job;
}

/// Of those without an id, all jobs of ours are asked for.
bool SlurmJobs::look_for_ids(std::span<Job* const> jobs) {
  std::map<std::string, bool> may_come;  // tasks of an array come together
  for (Job* job : jobs) {
    const std::string& place = job->submitted_at();
    const auto known = may_come.find(place);
    const bool may = known != may_come.end()
                         ? known->second
                         : running::may_be_submitting(place, running::comment_of(place));
    may_come[place] = may;
    job->set_may_come(may);
  }
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
      auto row = rows->find(job->id());
      if (row == rows->end() && !job->has_started()) row = rows->find(running::array_of(job->id()));
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
  const auto fewer = running::in_ranges(ids);
  words.insert(words.end(), fewer.begin(), fewer.end());
  const auto answer = running::ask_slurm(words, kToSubmit);
  const std::string why = !answer          ? "scancel does not answer"
                          : answer->good() ? ""
                                           : answer->complaint();
  // What has just ended by itself is no fault of anybody's.
  if (!why.empty() && why.find("complet") == std::string::npos)
    for (const Submitted& name : jobs)
      if (Job* job = find(name); job != nullptr && job->in_doubt()) job->refuse_to_end(why);
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
  pace_.more_to_ask(clock_.now());
  if (id != running::kNoId) {
    jobs_.push_back(std::make_unique<Job>(job, id, place));
    return true;
  }
  const auto task = running::task_of(place);
  // What is about to be submitted is on disk before.
  if (!running::was_submission_begun(task ? task->array : place)) return false;
  const auto answer = task ? running::answer_of(task->array) : running::Submission{};
  if (!answer.why_none.empty() && !answer.open) {
    jobs_.push_back(std::make_unique<Job>(job, NotStarted{answer.why_none, false}));
    return true;
  }
  id = answer.id.empty() ? "" : answer.id + "_" + task->number;
  jobs_.push_back(std::make_unique<Job>(job, id, place, task));
  if (answer.open) jobs_.back()->set_why_never_submitted(answer.why_none);
  return true;
}

}  // namespace ipucnn
