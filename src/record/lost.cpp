#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "ipucnn/record.h"
#include "record/folder_names.h"
#include "record/json_file.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;
using record::Json;

/// What its writer was about to put in the place of a file, and never did.
void remove_unfinished(const fs::path& folder) {
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, code))
    if (entry.path().filename().string().find(".tmp-") != std::string::npos)
      fs::remove(entry.path(), code);
}

bool mark(const fs::path& path, std::optional<Json> read, const std::string& why,
          const std::string& utc, std::string& error) {
  if (!read) {
    error = "cannot read " + path.string();
    return false;
  }
  Json& json = *read;
  if (json.contains("ended") && !json["ended"].is_null()) return true;  // it says how it ended
  json["state"] = end_name(Lost{});
  json["reason"] = why;
  json["ended"] = utc;
  return write_file(path.string(), json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
                    error);
}

}  // namespace

bool record_lost(const std::string& folder, const std::string& why, const std::string& utc,
                 std::string& error) {
  remove_unfinished(folder);
  const fs::path path = fs::path(folder) / "record.json";
  const auto run = record::read_object(path);
  bool good = mark(path, run, why, utc, error);
  const auto step = run ? record::text_in(*run, "step") : std::nullopt;
  if (!good || !step) return good;
  const auto number = run->find("try");
  if (number == run->end() || !number->is_number_integer()) return good;
  const fs::path place =
      fs::path(folder) / record::as_file_name(*step) / std::to_string(number->get<int>());
  const fs::path of_try = place / "record.json";
  remove_unfinished(place);
  std::error_code code;
  if (fs::exists(of_try, code)) good = mark(of_try, record::read_object(of_try), why, utc, error);
  return good;
}

}  // namespace ipucnn
