#include "run/slurm_job.h"

#include "base/text.h"
#include "run/tool.h"

namespace ipucnn {

using running::JobFile;
using running::QueuedJob;

namespace running {

Submitted slurm_name(std::string_view id, const std::string& place) {
  return {std::string(SlurmJobs::kName) + " " + std::string(id) + " " + place};
}

namespace {

/// Whether what sbatch says of its failure leaves open whether Slurm has the job: the controller
/// was asked, and its answer did not come.
bool leaves_open(const ToolAnswer& answer) {
  const auto says = [&](std::string_view text) { return answer.err.find(text) != answer.err.npos; };
  return says("timed out") || says("Zero Bytes") || says("receive failure");
}

}  // namespace

Submission submit_batch(const std::vector<std::string>& words) {
  const auto answer = ask_slurm(words, kToSubmit);
  if (!answer && !find_program({{words.front()}, {}, {}})) return {"", "sbatch is not on PATH"};
  std::string id = answer ? answer->out.substr(0, answer->out.find_first_of(";\n")) : "";
  if (answer && answer->good() && parse_int64(id)) return {std::move(id), ""};
  const std::string why = !answer          ? "sbatch did not answer in time"
                          : answer->good() ? "sbatch does not tell the job's id: " + id
                                           : answer->complaint();
  return {"", why, !answer || answer->good() || leaves_open(*answer)};
}

bool keep_answer(const std::string& array, const Submission& answer, std::string& error) {
  return write_file(array + "/answer",
                    "job=" + answer.id + "\nwhy=" + answer.why_none +
                        "\nopen=" + (answer.open ? "yes" : "no") + "\n",
                    error);
}

Submission answer_of(const std::string& array) {
  JobFile kept = read_job_file(array + "/answer");
  return {kept["job"], kept["why"], kept["open"] == "yes"};
}

std::string path_for_sbatch(const std::string& path) {
  std::string escaped;
  for (const char c : path) escaped += c == '%' ? "%%" : std::string(1, c);
  return escaped;
}

std::string whole_comment(const JobPlan& plan, const std::string& comment) {
  for (const auto& [name, value] : plan.slurm->options)
    if (name == "comment") return value + " " + comment;
  return comment;
}

}  // namespace running

SlurmJobs::Job::Job(Submitted name, std::string id, std::string place,
                    std::optional<running::TaskOfArray> task)
    : name_(std::move(name)),
      id_(std::move(id)),
      place_(std::move(place)),
      task_(std::move(task)) {}

void SlurmJobs::Job::look_for_id(const std::map<std::string, QueuedJob>& queued) {
  if (id_from_script()) return;
  const std::string comment = running::comment_of(submitted_at());
  const std::string of_task = task_ ? "_" + task_->number : std::string();
  for (const auto& [id, job] : queued)
    if (job.comment.ends_with(comment) && id.ends_with(of_task)) id_ = id;
  if (id_.empty() && !may_come_) give_up(NotStarted{never_submitted_, false});
}

bool SlurmJobs::Job::id_from_script() {
  const JobFile started = running::read_job_file(place_ + "/started");
  if (const auto told = started.find("job"); told != started.end()) id_ = told->second;
  return !id_.empty();
}

void SlurmJobs::Job::give_up(Exit why) {
  std::string error;
  if (!write_file(place_ + "/withdrawn", "", error))
    complaint_ = error;
  else if (!id_from_script())
    exit_ = std::move(why);
}

bool SlurmJobs::Job::take(const QueuedJob* row) {
  const bool news = !asked_ || forgotten_ != (row == nullptr) ||
                    (row != nullptr && (row->state != row_.state || row->reason != row_.reason ||
                                        row->restarts != row_.restarts));
  asked_ = true;
  forgotten_ = row == nullptr;
  if (row != nullptr) row_ = *row;
  return news;
}

bool SlurmJobs::Job::has_news() {
  if (exit_ || over()) return false;
  const bool ended = !running::read_job_file(place_ + "/ended").empty();
  return std::exchange(seen_end_, ended) != ended && ended;
}

void SlurmJobs::Job::collect(std::size_t number, Time now, std::vector<Event>& events) {
  if (told_) return;
  if (refused_ && !refused_->empty())
    events.push_back(
        {number, now,
         SeenMessage{"slurm_not_ended", "Slurm does not end it: " + std::exchange(*refused_, ""),
                     "Slurm did not end job " + id_,
                     "end it by scancel, or ask who runs the cluster"}});
  if (!exit_) look(number, now, events);
  if (!exit_) return;
  told_ = true;
  events.push_back({number, now, *exit_});
}

void SlurmJobs::Job::look(std::size_t number, Time now, std::vector<Event>& events) {
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
  exit_ = running::exit_of(forgotten_ ? nullptr : &row_, running::read_job_file(place_ + "/ended"));
}

/// Slurm put it back into the queue: it begins from the start, and its logs go on.
void SlurmJobs::Job::note_restart(std::size_t number, Time now, std::vector<Event>& events) {
  if (forgotten_ || row_.restarts <= restarts_) return;
  restarts_ = row_.restarts;
  runs_ = seen_end_ = false;
  events.push_back({number, now,
                    SeenMessage{"slurm_requeued", "Slurm put job " + id_ + " into the queue again",
                                "the job was begun " + counted(restarts_ + 1, "time") +
                                    ", and its logs hold all of them",
                                "`requeue` and `no-requeue` among the site's options of Slurm "
                                "say whether it may"}});
}

void SlurmJobs::Job::note_start(std::size_t number, Time now, std::vector<Event>& events) {
  if (runs_) return;
  const JobFile started = running::read_job_file(place_ + "/started");
  const auto again = started.find("restarts");
  const bool begun = again != started.end() && parse_int64(again->second).value_or(0) >= restarts_;
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

void SlurmJobs::Job::tell_queued(const std::string& why, std::size_t number, Time now,
                                 std::vector<Event>& events) {
  if (queued_ == why) return;
  queued_ = why;
  events.push_back({number, now, Queued{why}});
}

}  // namespace ipucnn
