#include "run/slurm_tools.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <set>

#include "base/split.h"
#include "base/text.h"

namespace ipucnn::running {
namespace {

using std::chrono::seconds;

/// A controller that is restarted answers after a while, or not at all.
constexpr seconds kLongest(60);

/// The comment stands last, for it may hold anything.
constexpr std::string_view kColumns =
    "JobArrayID:|,State:|,Reason:|,exit_code:|,RestartCnt:|,BatchHost:|,TimeLimit:|,Comment:";
constexpr std::size_t kCount = 8;

/// The same of the accounting.
constexpr std::string_view kAccounted = "JobID,State,ExitCode,Timelimit";
constexpr std::size_t kAccountedCount = 4;

std::optional<QueuedJob> read_row(std::string_view line) {
  const auto fields = split(line, '|');
  if (fields.size() < kCount) return std::nullopt;
  QueuedJob job;
  job.id = fields[0];
  job.state = fields[1];
  job.reason = fields[2];
  job.wait_status = static_cast<int>(parse_int64(fields[3]).value_or(0));
  job.restarts = parse_int64(fields[4]).value_or(0);
  job.host = fields[5] == "n/a" ? "" : fields[5];
  job.limit_seconds = slurm_seconds(fields[6]);
  const auto comment = static_cast<std::size_t>(fields[kCount - 1].data() - line.data());
  job.comment = line.substr(comment);
  return job;
}

std::optional<std::map<std::string, QueuedJob>> ask(const std::string& of_which,
                                                    std::string& error) {
  const auto answer = ask_slurm({"squeue", of_which, "--array", "--states=all", "--noheader",
                                 "--Format=" + std::string(kColumns)},
                                kLongest);
  if (!answer) {
    error = "squeue does not answer";
    return std::nullopt;
  }
  // Of a single job that it has forgotten it does not say nothing but this.
  if (!answer->good() && answer->err.find("Invalid job id") == std::string::npos) {
    error = answer->complaint();
    return std::nullopt;
  }
  std::map<std::string, QueuedJob> jobs;
  for (const std::string_view line : split(answer->out, '\n'))
    if (auto job = read_row(line)) {
      const std::string id = job->id;
      jobs[id] = *std::move(job);
    }
  return jobs;
}

/// One question for all to the accounting, where the cluster keeps one: its jobs are kept for
/// years, those of the queue for minutes. Nothing of those that it has no end of.
std::map<std::string, QueuedJob> ask_accounting(const std::vector<std::string>& ids) {
  const auto answer = ask_slurm({"sacct", "--noheader", "--parsable2", "--allocations",
                                 "--jobs=" + join(ids, ","), "--format=" + std::string(kAccounted)},
                                kLongest);
  return answer && answer->good() ? read_accounting(answer->out)
                                  : std::map<std::string, QueuedJob>();
}

bool is_one_of(std::string_view state, std::initializer_list<std::string_view> states) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

}  // namespace

std::optional<ToolAnswer> ask_slurm(const std::vector<std::string>& words,
                                    std::chrono::milliseconds longest) {
  static const std::map<std::string, std::vector<std::string>, std::less<>> kWithout = {
      {"squeue", {"SQUEUE_"}},
      {"scancel", {"SCANCEL_"}},
      {"sacct", {"SACCT_"}},
      {"sbatch", {"SBATCH_WAIT", "SBATCH_ARRAY_INX"}},
  };
  const auto without = kWithout.find(words.front());
  return ask_tool(words, longest,
                  without == kWithout.end() ? std::vector<std::string>() : without->second);
}

bool QueuedJob::is_over() const {
  return is_one_of(state, {"COMPLETED", "FAILED", "TIMEOUT", "DEADLINE", "CANCELLED", "NODE_FAIL",
                           "BOOT_FAIL", "PREEMPTED", "OUT_OF_MEMORY", "REVOKED"});
}

bool QueuedJob::waits() const {
  return is_one_of(state, {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD",
                           "RESV_DEL_HOLD", "SPECIAL_EXIT"});
}

std::map<std::string, QueuedJob> read_accounting(std::string_view text) {
  std::map<std::string, QueuedJob> jobs;
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(line, '|');
    if (fields.size() != kAccountedCount) continue;
    QueuedJob job;
    job.id = fields[0];
    job.state = fields[1].substr(0, fields[1].find(' '));  // "CANCELLED by 1000"
    const auto exit = split(fields[2], ':');
    const auto number = [&](std::size_t at) {
      return at < exit.size() ? static_cast<int>(parse_int64(exit[at]).value_or(0)) : 0;
    };
    constexpr int kShift = 256;  // as wait() has it
    job.wait_status = number(1) != 0 ? number(1) : number(0) * kShift;
    job.limit_seconds = slurm_seconds(fields[3]);
    const std::string id = job.id;
    if (job.is_over()) jobs[id] = std::move(job);
  }
  return jobs;
}

std::optional<std::map<std::string, QueuedJob>> ask_queue(const std::vector<std::string>& ids,
                                                          std::string& error) {
  auto jobs = ask("--jobs=" + join(ids, ","), error);
  if (!jobs) return jobs;
  // Tasks that were cancelled before they began have no rows any more, but for one of all of them.
  std::set<std::string> arrays;
  for (const std::string& id : ids)
    if (jobs->count(id) == 0 && array_of(id) != id) arrays.insert(array_of(id));
  if (!arrays.empty()) {
    auto whole = ask("--jobs=" + join({arrays.begin(), arrays.end()}, ","), error);
    if (!whole) return whole;
    for (const std::string& array : arrays)
      if (auto row = whole->extract(array); !row.empty()) jobs->insert(std::move(row));
  }
  std::vector<std::string> forgotten;
  for (const std::string& id : ids)
    if (jobs->count(id) == 0) forgotten.push_back(id);
  if (!forgotten.empty()) jobs->merge(ask_accounting(forgotten));
  return jobs;
}

std::string array_of(const std::string& id) { return id.substr(0, id.find('_')); }

std::vector<std::string> in_ranges(const std::vector<std::string>& ids) {
  std::vector<std::string> words;
  std::map<std::string, std::set<std::int64_t>> tasks;  // by their array
  for (const std::string& id : ids) {
    const std::size_t at = id.find('_');
    const auto task = at == id.npos ? std::nullopt : parse_int64(id.substr(at + 1));
    if (task)
      tasks[id.substr(0, at)].insert(*task);
    else
      words.push_back(id);
  }
  for (const auto& [array, numbers] : tasks) {
    std::string ranges;
    for (auto it = numbers.begin(); it != numbers.end();) {
      const std::int64_t first = *it;
      std::int64_t last = first;
      while (++it != numbers.end() && *it == last + 1) last = *it;
      ranges += (ranges.empty() ? "" : ",") + std::to_string(first);
      if (last > first) ranges += "-" + std::to_string(last);
    }
    words.push_back(array + "_" + (numbers.size() > 1 ? "[" + ranges + "]" : ranges));
  }
  return words;
}

std::optional<std::map<std::string, QueuedJob>> ask_queue_of_user(std::string& error) {
  return ask("--user=" + std::to_string(::getuid()), error);
}

std::optional<std::int64_t> slurm_seconds(std::string_view text) {
  std::int64_t days = 0;
  if (const std::size_t dash = text.find('-'); dash != text.npos) {
    const auto said = parse_int64(text.substr(0, dash));
    if (!said) return std::nullopt;
    days = *said;
    text.remove_prefix(dash + 1);
  }
  constexpr std::int64_t kPart = 60;
  constexpr std::int64_t kDay = 86400;
  std::int64_t rest = 0;
  for (const std::string_view part : split(text, ':')) {
    const auto said = parse_int64(part);
    if (!said) return std::nullopt;
    rest = rest * kPart + *said;
  }
  return days * kDay + rest;
}

JobFile read_job_file(const std::string& path) {
  JobFile fields;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (const std::size_t equals = line.find('='); equals != line.npos)
      fields[line.substr(0, equals)] = line.substr(equals + 1);
  return fields;
}

namespace {

std::optional<std::int64_t> number_in(const JobFile& file, std::string_view name) {
  const auto it = file.find(name);
  return it == file.end() ? std::nullopt : parse_int64(it->second);
}

/// The script's word: what Slurm keeps of a status above 128 differs between its releases.
Exit exit_of_script(const QueuedJob* job, const JobFile& ended) {
  if (const auto status = number_in(ended, "status")) return Exited{static_cast<int>(*status)};
  if (job == nullptr)
    return Lost{"Slurm does not know the job any more, and its script did not tell of its end"};
  if (WIFSIGNALED(job->wait_status)) return Killed{WTERMSIG(job->wait_status)};
  return Exited{WEXITSTATUS(job->wait_status)};
}

}  // namespace

Exit exit_of(const QueuedJob* job, const JobFile& ended) {
  if (ended.count("withdrawn") != 0)
    return NotStarted{"ipucnn had given it up before Slurm began it", false};
  if (job == nullptr) {
    const auto signal = ended.find("signal");
    if (signal != ended.end() && signal->second == "TERM") return Killed{SIGTERM};
    return exit_of_script(job, ended);
  }
  if (is_one_of(job->state, {"TIMEOUT", "DEADLINE"}))
    return PastLimit{job->limit_seconds.value_or(0)};
  if (is_one_of(job->state, {"CANCELLED", "REVOKED"})) return Cancelled{};
  if (job->state == "PREEMPTED") return Preempted{};
  if (job->state == "NODE_FAIL") return Lost{"a node of the job failed"};
  if (job->state == "BOOT_FAIL") return NotStarted{"a node of the job did not boot", false};
  if (job->state == "OUT_OF_MEMORY") return Killed{SIGKILL};
  return exit_of_script(job, ended);
}

std::optional<SeenMessage> remark_on(const QueuedJob& job) {
  struct Row {
    std::string_view state, id, cause, remedy;
  };
  constexpr std::array<Row, 6> kRows = {{
      {"OUT_OF_MEMORY", "slurm_out_of_memory", "the job used more memory of a host than it had",
       "ask for more, e.g. `mem` among the site's options of Slurm, or start fewer processes"},
      {"TIMEOUT", "slurm_time_limit", "Slurm ended the job at its time limit",
       "ask for more with `time` among the site's options of Slurm; runs resume goes on from a "
       "checkpoint"},
      {"DEADLINE", "slurm_time_limit", "Slurm ended the job at its deadline",
       "give it a later one, or none"},
      {"NODE_FAIL", "slurm_node_failed", "a node that Slurm had given the job failed",
       "start it again; runs resume goes on from a checkpoint"},
      {"BOOT_FAIL", "slurm_node_failed", "a node that Slurm had given the job did not boot",
       "start it again"},
      {"PREEMPTED", "slurm_preempted", "Slurm gave the machine to a job of higher priority",
       "start it again; runs resume goes on from a checkpoint"},
  }};
  for (const Row& row : kRows)
    if (row.state == job.state)
      return SeenMessage{std::string(row.id), "Slurm says " + job.state + " of job " + job.id,
                         std::string(row.cause), std::string(row.remedy)};
  return std::nullopt;
}

}  // namespace ipucnn::running
