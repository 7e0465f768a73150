#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <thread>

#include "ipucnn/local_run.h"
#include "ipucnn/run_control.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

/// What a run itself wrote; checkpoints and whatever else lies there are none of it.
bool is_written_by_a_run(const fs::path& file) {
  constexpr std::array<std::string_view, 18> kNames = {
      "plan.json",  "resolved.yml", "explain.json", "record.json", "ipucnn.log", "stdout.log",
      "stderr.log", "times.csv",    "samples.csv",  kDetachedLog,  "job.sbatch", "slurm.log",
      "submission", "withdrawn",    "started",      "ended",       "ipujob.yml", kCancelRequest};
  const std::string name = file.filename().string();
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

Leavings leavings_of(const std::string& run_folder) {
  std::error_code code;
  const std::string folder = fs::absolute(run_folder, code).lexically_normal().string();
  Leavings left;
  left.strays = marked_processes(folder);
  left.folders = {folder};
  for (fs::recursive_directory_iterator it(folder, code), end; !code && it != end;
       it.increment(code)) {
    if (it->is_directory(code) && !it->is_symlink(code)) {
      left.folders.push_back(it->path().string());
    } else if (is_written_by_a_run(it->path())) {
      left.bytes += it->is_symlink(code) ? 0 : it->file_size(code);
      left.files.push_back(it->path().string());
    } else {
      ++left.others;
    }
  }
  return left;
}

bool wait_until_gone(const std::string& run_folder) {
  constexpr std::chrono::milliseconds kBetween(50);
  constexpr int kMost = 20 * 60;  // a minute
  for (int i = 0; i < kMost; ++i) {
    if (marked_processes(run_folder).empty()) return true;
    std::this_thread::sleep_for(kBetween);
  }
  return false;
}

void end_strays(const Leavings& left) {
  for (const std::int64_t stray : left.strays) ::kill(static_cast<pid_t>(stray), SIGKILL);
}

void delete_own(const Leavings& left) {
  std::error_code code;
  for (const std::string& file : left.files) fs::remove(file, code);
  for (auto it = left.folders.rbegin(); it != left.folders.rend(); ++it) fs::remove(*it, code);
}

}  // namespace ipucnn
