// The journal of a campaign: a line of JSON for each change.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "ipucnn/end.h"
#include "ipucnn/run_campaign.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string text_in(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string begun_line(const CampaignItem& item, std::string_view name, const std::string& utc) {
  return line_of(
      {{"item", item.id}, {"state", "begun"}, {"name", name}, {"start", item.number}, {"at", utc}});
}

std::string running_line(const CampaignItem& item, const std::string& run) {
  return line_of({{"item", item.id}, {"state", "running"}, {"run", run}});
}

/// False for what is no line of a journal.
bool take_line(std::string_view line, JournalState& state) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return false;
  if (const auto owner = json.find("opened"); owner != json.end() && owner->is_object()) {
    const auto pid = owner->find("pid");
    state.owner = Writer{text_in(*owner, "host"), text_in(*owner, "boot_id"),
                         pid != owner->end() && pid->is_number_integer() ? pid->get<std::int64_t>()
                                                                         : std::int64_t{0},
                         text_in(*owner, "start_time")};
    if (state.name.empty()) state.name = text_in(json, "name");
    return true;
  }
  if (json.contains("array")) return true;  // its items follow
  const std::string id = text_in(json, "item");
  const std::string what = text_in(json, "state");
  if (id.empty() || (what != "begun" && what != "running" && what != "ended")) return false;
  ItemRecord& item = state.items[id];
  if (what == "begun") {
    item.state = ItemRecord::State::Begun;
    item.run.clear();
    item.end.clear();
    ++item.starts;
  } else if (what == "running") {
    item.state = ItemRecord::State::Running;
    item.run = text_in(json, "run");
  } else {
    item.state = ItemRecord::State::Ended;
    item.end = text_in(json, "end");
  }
  return true;
}

}  // namespace

bool ItemRecord::is_done() const { return state == State::Ended && end == end_name(Done{}); }

JournalState read_journal(std::string_view text) {
  JournalState state;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    // A line without an end was being written.
    if (end == text.npos || !take_line(text.substr(0, end), state)) ++state.unread;
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return state;
}

std::optional<Journal> Journal::open(const std::string& folder, const std::string& name,
                                     const Writer& writer, const std::string& utc,
                                     std::string& error) {
  bool taken = false;
  auto file = AppendedFile::open(folder + "/" + kJournal, taken, error);
  if (!file) {
    if (taken) error = "another ipucnn is running " + folder;
    return std::nullopt;
  }
  JournalState state = read_journal(file->text());
  // Where the file system keeps no locks.
  if (state.owner && presence_of(*state.owner) == Presence::Here &&
      (state.owner->pid != writer.pid || state.owner->start_time != writer.start_time)) {
    error = "process " + std::to_string(state.owner->pid) + " of this host is running " + folder;
    return std::nullopt;
  }
  Journal journal(std::move(*file), std::move(state));
  const Json opened = {{"schema", "ipucnn.journal/1"},
                       {"opened",
                        {{"host", writer.host},
                         {"boot_id", writer.boot_id},
                         {"pid", writer.pid},
                         {"start_time", writer.start_time}}},
                       {"name", name},
                       {"at", utc}};
  if (!journal.add(line_of(opened), error)) return std::nullopt;
  return journal;
}

bool Journal::add(const std::string& lines, std::string& error) {
  if (!file_.append(lines, error)) return false;
  for (std::string_view rest = lines; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    take_line(rest.substr(0, end), state_);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return true;
}

const ItemRecord* Journal::find(std::string_view id) const {
  const auto it = state_.items.find(id);
  return it == state_.items.end() ? nullptr : &it->second;
}

bool Journal::begun(const CampaignItem& item, std::string_view name, const std::string& utc,
                    std::string& error) {
  return add(begun_line(item, name, utc), error);
}

bool Journal::running(const CampaignItem& item, const std::string& run, std::string& error) {
  return add(running_line(item, run), error);
}

bool Journal::together(const JointStart& start, const std::string& utc, std::string& error) {
  std::string lines = line_of({{"array", start.folder},
                               {"comment", start.comment},
                               {"items", start.parts.size()},
                               {"at", utc}});
  for (const JointStart::Part& part : start.parts)
    lines +=
        '\n' + begun_line(part.item, part.name, utc) + '\n' + running_line(part.item, part.run);
  return add(lines, error);
}

bool Journal::ended(const CampaignItem& item, std::string_view end, const std::string& utc,
                    std::string& error) {
  return add(line_of({{"item", item.id}, {"state", "ended"}, {"end", end}, {"at", utc}}), error);
}

namespace {

/// Each folder below `parent` with a journal that can be read.
void each_campaign(const fs::path& parent,
                   const std::function<void(const fs::path&, const JournalState&)>& take) {
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, code)) {
    const fs::path journal = entry.path() / kJournal;
    if (!fs::is_regular_file(journal, code)) continue;
    std::string text;
    std::string error;
    if (read_log(
            journal.string(), [&](std::string_view piece) { text += piece; }, error))
      take(entry.path(), read_journal(text));
  }
}

}  // namespace

std::optional<std::string> newest_campaign(const std::string& parent,
                                           const std::optional<std::string>& name) {
  std::optional<std::string> newest;
  each_campaign(parent, [&](const fs::path& folder, const JournalState& state) {
    if (name && state.name != *name) return;
    // Names begin with the time.
    if (!newest || fs::path(*newest).filename() < folder.filename()) newest = folder.string();
  });
  return newest;
}

std::optional<std::string> campaign_of(const KeptRecord& run) {
  std::error_code code;
  const fs::path folder = fs::absolute(run.folder, code).lexically_normal();
  std::optional<std::string> found;
  each_campaign(folder.parent_path(), [&](const fs::path& campaign, const JournalState& state) {
    const auto is_it = [&](const auto& item) { return item.second.run == folder; };
    if (state.owner && state.owner->pid == run.writer.pid &&
        state.owner->start_time == run.writer.start_time &&
        state.owner->boot_id == run.writer.boot_id &&
        std::any_of(state.items.begin(), state.items.end(), is_it))
      found = campaign.filename().string();
  });
  return found;
}

}  // namespace ipucnn
