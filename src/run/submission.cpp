#include "run/submission.h"

#include <filesystem>
#include <fstream>

#include "base/sha256.h"
#include "base/text.h"
#include "ipucnn/record.h"
#include "run/process_tree.h"
#include "run/slurm_tools.h"

namespace ipucnn::running {

namespace {

std::string submission_of(const std::string& place) { return place + "/submission"; }
std::string host_line() { return "host=" + host_name(); }
std::string boot_line() { return "boot_id=" + boot_id(); }

}  // namespace

bool note_submission(const std::string& place, std::string& error) {
  return write_file(submission_of(place), host_line() + "\n" + boot_line() + "\n", error);
}

bool was_submission_begun(const std::string& place) {
  std::error_code code;
  return std::filesystem::is_regular_file(submission_of(place), code);
}

std::string comment_of(const std::string& place) {
  namespace fs = std::filesystem;
  const fs::path number(place);
  const fs::path step = number.parent_path();
  constexpr std::size_t kDigits = 12;
  return "ipucnn:" + printable(step.parent_path().filename().string()) + "/" +
         printable(step.filename().string()) + "/" + number.filename().string() + ":" +
         sha256(place).substr(0, kDigits);
}

bool note_task(const std::string& place, const TaskOfArray& task, std::string& error) {
  return write_file(submission_of(place), "array=" + task.array + "\ntask=" + task.number + "\n",
                    error);
}

std::optional<TaskOfArray> task_of(const std::string& place) {
  const JobFile noted = read_job_file(submission_of(place));
  const auto array = noted.find("array");
  const auto number = noted.find("task");
  if (array == noted.end() || number == noted.end()) return std::nullopt;
  return TaskOfArray{array->second, number->second};
}

bool may_be_submitting(const std::string& place, const std::string& word_end) {
  std::string host;
  std::string boot;
  std::ifstream noted(submission_of(place));
  if (!std::getline(noted, host) || !std::getline(noted, boot)) return false;
  if (boot == boot_line()) return !processes_called(word_end).empty();
  if (host == host_line()) return false;  // it was started anew since
  std::error_code code;
  const auto written = std::filesystem::last_write_time(submission_of(place), code);
  return !code && std::filesystem::file_time_type::clock::now() - written < kToSubmit;
}

}  // namespace ipucnn::running
