#include <algorithm>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "ipucnn/record.h"
#include "record/json_file.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;
using record::Json;
using record::text_in;

std::int64_t number_in(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}

Writer writer_in(const Json& json) {
  const auto it = json.find("writer");
  if (it == json.end() || !it->is_object()) return {};
  return {text_in(*it, "host").value_or(""), text_in(*it, "boot_id").value_or(""),
          number_in(*it, "pid"), text_in(*it, "start_time").value_or("")};
}

/// What is an object of a list; nothing where there is no list.
template <typename Take>
void each_object(const Json& json, const char* key, const Take& take) {
  const auto list = json.find(key);
  if (list == json.end() || !list->is_array()) return;
  for (const Json& item : *list)
    if (item.is_object()) take(item);
}

int try_in(const Json& json) {
  return static_cast<int>(std::clamp<std::int64_t>(number_in(json, "try"), 1, 1000000));
}

std::vector<HeadlineFigure> figures_in(const Json& json) {
  std::vector<HeadlineFigure> figures;
  each_object(json, "figures", [&](const Json& item) {
    HeadlineFigure figure;
    figure.step = text_in(item, "step").value_or("");
    figure.metric = text_in(item, "metric").value_or("");
    figure.unit = text_in(item, "unit").value_or("");
    figure.n = static_cast<std::size_t>(std::max<std::int64_t>(number_in(item, "n"), 0));
    if (const auto mean = item.find("mean"); mean != item.end() && mean->is_number())
      figure.mean = mean->get<double>();
    for (const auto& [key, value] : {std::pair{"last", &figure.last}, {"best", &figure.best}})
      if (const auto it = item.find(key); it != item.end() && it->is_number())
        *value = it->get<double>();
    // An older record has one of each try.
    std::erase_if(figures, [&](const HeadlineFigure& earlier) {
      return earlier.step == figure.step && earlier.metric == figure.metric;
    });
    figures.push_back(std::move(figure));
  });
  return figures;
}

std::vector<HandedStep> handed_in(const Json& json) {
  std::vector<HandedStep> handed;
  each_object(json, "handed", [&](const Json& item) {
    handed.push_back({text_in(item, "step").value_or(""), try_in(item),
                      text_in(item, "submitted").value_or("")});
  });
  return handed;
}

std::optional<RunOrigin> origin_in(const Json& json) {
  const auto it = json.find("origin");
  if (it == json.end() || !it->is_object()) return std::nullopt;
  return RunOrigin{text_in(*it, "how").value_or(""), text_in(*it, "run").value_or(""),
                   text_in(*it, "checkpoint")};
}

std::vector<TryState> tries_in(const Json& json) {
  std::vector<TryState> tries;
  each_object(json, "tries", [&](const Json& item) {
    tries.push_back(
        {text_in(item, "step").value_or(""), try_in(item), text_in(item, "state").value_or("")});
  });
  return tries;
}

std::vector<std::pair<std::string, std::string>> texts_in(const Json& json, const char* key) {
  std::vector<std::pair<std::string, std::string>> texts;
  const auto object = json.find(key);
  if (object == json.end() || !object->is_object()) return texts;
  for (const auto& [name, value] : object->items())
    if (value.is_string()) texts.emplace_back(name, value.get<std::string>());
  return texts;
}

std::optional<bool> flag_in(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_boolean() ? std::optional(it->get<bool>()) : std::nullopt;
}

RunContext context_in(const Json& json) {
  RunContext context;
  context.version = text_in(json, "ipucnn").value_or("");
  context.kernel = text_in(json, "kernel").value_or("");
  const auto names = json.find("environment");
  if (names != json.end() && names->is_array())
    for (const Json& name : *names)
      if (name.is_string()) context.environment.push_back(name.get<std::string>());
  context.commit = text_in(json, "commit");
  context.dirty = flag_in(json, "dirty");
  context.configs_dirty = flag_in(json, "configs_dirty");
  context.versions = texts_in(json, "versions");
  context.tools = texts_in(json, "tools");
  context.started_in = text_in(json, "started_in").value_or("");
  return context;
}

/// Nobody is there any more to write that it is lost.
void judge_state(KeptRecord& record) {
  record.goes_on = !record.ended && is_going_on(record.state);
  if (!record.goes_on || presence_of(record.writer) != Presence::Gone) return;
  if (!record.handed.empty()) {
    record.unattended = true;
    record.reason = record.scheduler + " has its job, and no process of ours follows it";
    return;
  }
  record.goes_on = false;
  record.state = "lost";
  record.reason = "ipucnn is gone, and nobody was left to say how it ended";
}

/// False only of what is certainly not there.
bool may_be_there(const fs::path& path) {
  std::error_code unknown;
  return fs::symlink_status(path, unknown).type() != fs::file_type::not_found;
}

}  // namespace

std::optional<std::string> KeptRecord::chosen(std::string_view key) const {
  for (const auto& [field, value] : about)
    if (field == key) return value;
  return std::nullopt;
}

bool is_going_on(std::string_view state) {
  return state == "preparing" || state == "queued" || state == "running";
}

std::optional<KeptRecord> read_record(const std::string& folder, std::string& error) {
  const fs::path path = fs::path(folder) / "record.json";
  const auto object = record::read_object(path);
  if (!object) {
    error =
        record::read_text(path) ? path.string() + " is no record" : "cannot read " + path.string();
    return std::nullopt;
  }
  const Json& json = *object;
  KeptRecord record;
  record.folder = folder;
  record.folder_name = fs::path(folder).filename().string();
  record.state = text_in(json, "state").value_or("");
  record.reason = text_in(json, "reason");
  record.log_error = text_in(json, "log_error").value_or("");
  record.signal = number_in(json, "signal");
  record.step = text_in(json, "step");
  record.number = static_cast<int>(std::clamp<std::int64_t>(number_in(json, "try"), 1, 1000000));
  for (const auto& [key, unused] : about(JobPlan{}))
    if (auto value = text_in(json, key.c_str())) record.about.emplace_back(key, *std::move(value));
  record.name = text_in(json, "name");
  record.notes = text_in(json, "notes");
  record.started = text_in(json, "started").value_or("");
  record.ended = text_in(json, "ended");
  record.figures = figures_in(json);
  record.started_in = text_in(json, "started_in").value_or("");
  record.origin = origin_in(json);
  record.scheduler = text_in(json, "scheduler").value_or("");
  record.handed = handed_in(json);
  record.writer = writer_in(json);
  judge_state(record);
  return record;
}

std::optional<RunRecord> read_run_record(const std::string& folder, std::string& error) {
  const auto kept = read_record(folder, error);
  const auto object = record::read_object(fs::path(folder) / "record.json");
  if (!kept || !object) return std::nullopt;
  const Json& json = *object;
  RunRecord record;
  record.step = kept->step;
  record.number = kept->number;
  record.running = kept->state == "running";
  if (kept->state == "queued") record.queued = kept->reason.value_or("");
  record.scheduler = kept->scheduler;
  record.handed = kept->handed;
  for (const auto& [key, unused] : about(JobPlan{}))
    record.about.emplace_back(key, text_in(json, key.c_str()));
  record.name = kept->name;
  record.notes = kept->notes;
  record.started = kept->started;
  record.ended = kept->ended;
  record.figures = kept->figures;
  record.tries = tries_in(json);
  record.log_error = kept->log_error;
  record.origin = kept->origin;
  record.context = context_in(json);
  record.writer = kept->writer;
  return record;
}

std::vector<KeptRecord> list_runs(const std::string& parent) {
  UnreadRuns ignored;
  return list_runs(parent, ignored);
}

std::vector<KeptRecord> list_runs(const std::string& parent, UnreadRuns& unread) {
  std::vector<KeptRecord> runs;
  for (fs::directory_iterator it(parent, unread.folder), end; !unread.folder && it != end;
       it.increment(unread.folder)) {
    std::string error;
    if (auto record = read_record(it->path().string(), error))
      runs.push_back(*std::move(record));
    else if (may_be_there(it->path() / "record.json"))
      unread.records.push_back(std::move(error));
  }
  if (unread.folder == std::errc::no_such_file_or_directory) unread.folder.clear();
  std::sort(unread.records.begin(), unread.records.end());
  std::sort(runs.begin(), runs.end(), [](const KeptRecord& a, const KeptRecord& b) {
    return std::tie(a.started, a.folder_name) < std::tie(b.started, b.folder_name);
  });
  return runs;
}

}  // namespace ipucnn
