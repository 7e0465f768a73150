// Runs that Slurm is handed as one array.
#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/split.h"
#include "base/text.h"
#include "ipucnn/emit.h"
#include "run/slurm_job.h"

namespace ipucnn {

namespace fs = std::filesystem;

std::size_t most_array_tasks() {
  const auto answer = running::ask_slurm({"scontrol", "show", "config"}, running::kToSubmit);
  if (!answer || !answer->good()) return 0;
  std::size_t most = 0;
  for (const std::string_view line : split(answer->out, '\n')) {
    constexpr std::string_view kSize = "MaxArraySize";
    constexpr std::string_view kLess = "max_array_tasks=";
    const auto number_behind = [&](std::size_t at) {
      const std::size_t from = line.find_first_not_of(" =", at);
      const std::size_t end = line.find_first_not_of("0123456789", from);
      return from == line.npos ? std::int64_t{0}
                               : parse_int64(line.substr(from, end - from)).value_or(0);
    };
    if (line.starts_with(kSize)) most = static_cast<std::size_t>(number_behind(kSize.size()));
    if (const std::size_t at = line.find(kLess); at != line.npos && line.starts_with("SchedulerP"))
      most = std::min(most, static_cast<std::size_t>(number_behind(at + kLess.size())));
  }
  return most;
}

std::optional<SlurmArray> SlurmArray::make(const std::string& parent, std::string& error) {
  for (int number = 1;; ++number) {
    const std::string folder = parent + "/array-" + std::to_string(number);
    std::error_code code;
    if (fs::create_directory(folder, code)) return SlurmArray(folder);
    if (!code) continue;  // it is there
    error = "cannot create " + folder + ": " + code.message();
    return std::nullopt;
  }
}

std::string SlurmArray::comment() const { return running::comment_of(folder_); }

std::optional<std::string> SlurmArray::add(const RunInput& in, Machine& machine,
                                           std::string& error) {
  const auto made = prepare_run(in, machine, error);
  if (!made) return std::nullopt;
  const std::string number = std::to_string(tasks_.size());
  const auto script = emit(in.plan.made(), "sbatch");
  if (!write_file(made->folder + "/job.sbatch", script->front().text, error) ||
      !running::note_task(made->place, {folder_, number}, error))
    return std::nullopt;
  std::error_code code;
  fs::create_directory_symlink(fs::path(made->place).lexically_relative(folder_),
                               folder_ + "/" + number, code);
  if (code) {
    error = "cannot create " + folder_ + "/" + number + ": " + code.message();
    return std::nullopt;
  }
  if (!plan_) plan_ = in.plan.made();
  tasks_.push_back({made->folder, made->place});
  return made->folder;
}

bool SlurmArray::submit(std::size_t limit, std::string& error) {
  const std::string script = folder_ + "/array.sbatch";
  if (!write_file(script, batch_array_text(*plan_, tasks_.size(), limit), error) ||
      !running::note_submission(folder_, error))
    return false;
  const running::Submission answer = running::submit_batch(
      {"sbatch", "--parsable", "--comment=" + running::whole_comment(*plan_, comment()),
       "--output=" + running::path_for_sbatch(folder_) + "/%a/slurm.log", "--open-mode=append",
       script, folder_, batch_step_name(plan_->steps.front().name)});
  std::string unsaid;  // then the queue will tell
  running::keep_answer(folder_, answer, unsaid);
  if (answer.id.empty()) return true;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    auto record = read_run_record(tasks_[i].run, unsaid);
    if (!record || record->handed.size() != 1) continue;
    record->handed.front().job =
        running::slurm_name(answer.id + "_" + std::to_string(i), tasks_[i].place).text;
    write_file(tasks_[i].run + "/record.json", run_record_json(*record), unsaid);
  }
  return true;
}

}  // namespace ipucnn
