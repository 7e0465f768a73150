#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <tuple>

#include "ipucnn/record.h"
#include "record/folder_names.h"
#include "record/json_file.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

bool is_run(const fs::path& folder) {
  std::error_code code;
  return fs::is_regular_file(folder / "plan.json", code);
}

/// The run that began last: by the time in its name, then by when its plan was written.
std::optional<std::string> last_run(const std::string& parent) {
  using When = std::tuple<std::string, std::int64_t, std::int64_t>;
  std::optional<std::string> last;
  When newest;
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, code)) {
    if (!is_run(entry.path())) continue;
    struct stat info {};
    if (::stat((entry.path() / "plan.json").c_str(), &info) != 0) continue;
    const std::string name = entry.path().filename().string();
    When when{name.substr(0, name.find('-')), info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
    if (last && when <= newest) continue;
    newest = std::move(when);
    last = entry.path().string();
  }
  return last;
}

/// A list of an object; an empty one where the key or its value is none.
record::Json list_in(const record::Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : record::Json::array();
}

double number_in(const record::Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<double>() : 0;
}

KeptTry read_try(const Step& step, int number, const fs::path& folder) {
  KeptTry kept{step.name, number, folder.string(), {}, {}};
  if (const auto object = record::read_object(folder / "record.json")) {
    kept.state = record::text_in(*object, "state").value_or("");
    kept.started_in = record::text_in(*object, "started_in").value_or("");
    kept.reason = record::text_in(*object, "reason").value_or("");
    kept.submitted = record::text_in(*object, "submitted").has_value();
    kept.log_error = record::text_in(*object, "log_error").value_or("");
    for (const record::Json& phase : list_in(*object, "phases"))
      if (phase.is_object())
        kept.phases.push_back(
            {record::text_in(phase, "name").value_or(""), number_in(phase, "began")});
    for (const record::Json& message : list_in(*object, "messages"))
      if (message.is_object()) {
        kept.messages.push_back(record::text_in(message, "id").value_or(""));
        kept.lines.push_back(record::text_in(message, "line").value_or(""));
      }
  }
  return kept;
}

std::vector<KeptTry> tries_of(const fs::path& folder, const Step& step) {
  std::vector<KeptTry> tries;
  std::error_code code;
  const fs::path place = folder / record::as_file_name(step.name);
  for (const fs::directory_entry& entry : fs::directory_iterator(place, code)) {
    const std::string name = entry.path().filename().string();
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    tries.push_back(read_try(step, number, entry.path()));
  }
  std::sort(tries.begin(), tries.end(),
            [](const KeptTry& a, const KeptTry& b) { return a.number < b.number; });
  return tries;
}

std::string why_no_run(const std::string& parent, const fs::path& asked) {
  std::error_code code;
  if (fs::is_directory(asked, code)) return ": that folder holds no plan.json of one";
  if (fs::is_regular_file(asked, code)) return ": that is a file, and only `report` reads logs";
  return ", neither in " + parent + " nor as a path; `last` is the newest one";
}

}  // namespace

std::string last_phase(const KeptTry& kept) {
  return kept.phases.empty() ? "" : kept.phases.back().name;
}

std::optional<std::string> find_run(const std::string& parent, const std::string& asked,
                                    std::string& error) {
  if (asked == "last") {
    auto last = last_run(parent);
    if (!last) error = "there is no run in " + parent;
    return last;
  }
  for (const fs::path& folder : {fs::path(parent) / asked, fs::path(asked)})
    if (!asked.empty() && is_run(folder)) return folder.string();
  const std::vector<KeptRecord> runs = list_runs(parent);
  for (auto it = runs.rbegin(); it != runs.rend(); ++it)
    if (it->name == asked) return it->folder;
  error = "there is no run '" + asked + "'" + why_no_run(parent, asked);
  return std::nullopt;
}

std::optional<KeptRun> read_run(const std::string& folder, std::string& error) {
  const fs::path path(folder);
  const auto text = record::read_text(path / "plan.json");
  if (!text) {
    error = "cannot read " + (path / "plan.json").string();
    return std::nullopt;
  }
  auto plans = read_plans(*text, error);
  if (plans.size() != 1) {
    error = (path / "plan.json").string() + ": " +
            (error.empty() ? "a run has one plan, not several" : error);
    return std::nullopt;
  }
  KeptRun run;
  run.folder = folder;
  run.name = fs::absolute(path).lexically_normal().filename().string();
  if (run.name.empty())  // the path ended with a slash
    run.name = fs::absolute(path).lexically_normal().parent_path().filename().string();
  run.plan = std::move(plans.front());
  for (const Step& step : run.plan.steps)
    for (KeptTry& kept : tries_of(path, step)) run.tries.push_back(std::move(kept));
  return run;
}

std::string started_of_try(const std::string& folder) {
  const auto object = record::read_object(fs::path(folder) / "record.json");
  return object ? record::text_in(*object, "started").value_or("") : "";
}

bool read_log(const std::string& path, const std::function<void(std::string_view)>& piece,
              std::string& error) {
  std::error_code code;
  // Where it cannot be told whether there is one, reading fails.
  if (!fs::exists(path, code) && !code) return true;
  std::ifstream file(path, std::ios::binary);
  constexpr std::size_t kPiece = std::size_t{256} * 1024;
  std::vector<char> buffer(kPiece);
  while (file.good()) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    if (file.gcount() > 0) piece({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (file.eof()) return true;
  error = "cannot read " + path;
  return false;
}

}  // namespace ipucnn
