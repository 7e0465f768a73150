#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/end.h"
#include "ipucnn/record.h"
#include "run/tool.h"

// What Slurm's own programs say of jobs, and what a batch script of ours leaves in its folder.
namespace ipucnn::running {

/// A job as squeue has it.
struct QueuedJob {
  std::string id;      ///< of a task of an array ARRAY_TASK
  std::string state;   ///< PENDING, RUNNING, COMPLETED, ...
  std::string reason;  ///< why it pends; None: nothing to say
  int wait_status = 0;
  std::int64_t restarts = 0;
  std::string host;  ///< that its script runs on
  std::optional<std::int64_t> limit_seconds;
  std::string comment;

  bool is_over() const;
  bool waits() const;
};

/// Runs one of Slurm's programs without the variables that would make it speak of other jobs than
/// it is asked about, as SQUEUE_PARTITION would, or wait.
std::optional<ToolAnswer> ask_slurm(const std::vector<std::string>& words,
                                    std::chrono::milliseconds longest);

/// One question for all; absent, with squeue's complaint, when it could not be answered. A job that
/// the queue does not know any more is looked up in the accounting, where there is one; one that
/// has no end there, either, has no row. Of a task that has none its array may have one.
std::optional<std::map<std::string, QueuedJob>> ask_queue(const std::vector<std::string>& ids,
                                                          std::string& error);
/// What sacct says of jobs that are over: id, state, exit status and signal, and time limit, with
/// bars between them.
std::map<std::string, QueuedJob> read_accounting(std::string_view text);
/// All jobs of the user that the queue has, by id; absent, with squeue's complaint, when it could
/// not be asked.
std::optional<std::map<std::string, QueuedJob>> ask_queue_of_user(std::string& error);

/// The array of a task, "7_3"; of another job its own id.
std::string array_of(const std::string& id);
/// The same jobs in fewer words, as scancel takes them: several tasks of an array are one,
/// "7_[0-3,5]".
std::vector<std::string> in_ranges(const std::vector<std::string>& ids);

/// "1-02:03:04", "5:00"; absent for UNLIMITED and what is no time.
std::optional<std::int64_t> slurm_seconds(std::string_view text);

/// `started` and `ended` of a try: NAME=VALUE, one a line; empty where the file is not there.
using JobFile = std::map<std::string, std::string, std::less<>>;
JobFile read_job_file(const std::string& path);

/// How a job ended that is over, or that Slurm has forgotten (null), and what its script said of
/// its end.
Exit exit_of(const QueuedJob* job, const JobFile& ended);
/// What is to be said of it beside that; absent where the exit says it all.
std::optional<SeenMessage> remark_on(const QueuedJob& job);

}  // namespace ipucnn::running
