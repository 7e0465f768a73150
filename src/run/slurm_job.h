#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ipucnn/slurm_run.h"
#include "run/growing_log.h"
#include "run/slurm_tools.h"
#include "run/submission.h"

namespace ipucnn {

namespace running {

constexpr std::string_view kNoId = "-";  // in the place of an id that is not known yet

/// As records have it.
Submitted slurm_name(std::string_view id, const std::string& place);

/// What came of an sbatch.
struct Submission {
  std::string id;        ///< empty where Slurm has refused it, or may have it all the same
  std::string why_none;  ///< as sbatch puts it
  bool open = false;     ///< whether Slurm has it the queue has to tell
};
/// Runs it; its words name the submission by its comment.
Submission submit_batch(const std::vector<std::string>& words);

/// Keeps in the folder of an array what came of its sbatch. False, with the reason, when it cannot.
bool keep_answer(const std::string& array, const Submission& answer, std::string& error);
/// As it was kept; empty when nobody was told the outcome.
Submission answer_of(const std::string& array);

/// A path for sbatch, which puts the job's facts in place of `%` and a letter.
std::string path_for_sbatch(const std::string& path);
/// With what the site says itself.
std::string whole_comment(const JobPlan& plan, const std::string& comment);

}  // namespace running

/// One submission, or one task of it, from the queue to its end.
class SlurmJobs::Job {
 public:
  /// `id` is empty of one that may have been submitted: it is looked for. A task belongs to an
  /// array that was submitted for several.
  Job(Submitted name, std::string id, std::string place,
      std::optional<running::TaskOfArray> task = {});
  /// One that was refused.
  Job(Submitted name, NotStarted why) : name_(std::move(name)), exit_(std::move(why)) {}

  const Submitted& name() const { return name_; }
  const std::string& id() const { return id_; }
  bool in_doubt() const { return !exit_ && !told_; }
  bool has_no_id() const { return id_.empty(); }

  /// Where its submission was noted.
  const std::string& submitted_at() const { return task_ ? task_->array : place_; }
  /// To be asked before the queue is: an sbatch that ends in between has done its work.
  void set_may_come(bool may_come) { may_come_ = may_come; }
  /// Takes the id that its script or the queue tells. `queued` holds the jobs of ours. One that is
  /// in neither, and that no sbatch can be submitting any more, was never submitted.
  void look_for_id(const std::map<std::string, running::QueuedJob>& queued);
  bool id_from_script();
  bool has_started() const { return !running::read_job_file(place_ + "/started").empty(); }
  /// It is not to begin, even where Slurm comes to have it: its script looks for this file when it
  /// has told that it started.
  void give_up(Exit why);
  void set_why_never_submitted(std::string why) { never_submitted_ = std::move(why); }

  /// What squeue says; null: it does not know the job any more. True when that is news.
  bool take(const running::QueuedJob* row);
  void take_complaint(const std::string& why) {
    if (!runs_) complaint_ = why;
  }

  /// Slurm does not end it, which is told once.
  void refuse_to_end(std::string why) {
    if (!refused_) refused_ = std::move(why);
  }

  /// Whether its files say that the queue has news.
  bool has_news();

  void collect(std::size_t number, Time now, std::vector<Event>& events);

 private:
  bool over() const { return asked_ && (forgotten_ || row_.is_over()); }
  void look(std::size_t number, Time now, std::vector<Event>& events);
  void note_restart(std::size_t number, Time now, std::vector<Event>& events);
  void note_start(std::size_t number, Time now, std::vector<Event>& events);
  void tell_queued(const std::string& why, std::size_t number, Time now,
                   std::vector<Event>& events);

  Submitted name_;
  std::string id_;
  std::string place_;
  std::optional<running::TaskOfArray> task_;
  running::GrowingLog out_{Stream::Out, place_ + "/stdout.log"};
  running::GrowingLog err_{Stream::Err, place_ + "/stderr.log"};
  running::QueuedJob row_;
  bool asked_ = false;
  bool forgotten_ = false;
  bool runs_ = false;
  bool seen_end_ = false;  // its script's word of it
  std::int64_t restarts_ = 0;
  bool may_come_ = true;
  std::string never_submitted_ = "it was never submitted";
  std::string complaint_;
  std::optional<std::string> refused_;  // empty: it was told
  std::optional<std::string> queued_;   // as it was told
  std::optional<Exit> exit_;
  bool told_ = false;
};

}  // namespace ipucnn
