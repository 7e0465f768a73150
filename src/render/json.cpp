#include <nlohmann/json.hpp>

#include "base/edits.h"
#include "render/renderers.h"

namespace ipucnn::rendering {
namespace {

using Json = nlohmann::ordered_json;

void put_place(Json& json, Span at, const Sources& sources) {
  json["file"] = sources.name(at.source);
  json["line"] = at.line;
  json["column"] = at.column;
  json["end_column"] = at.column + at.length;
}

}  // namespace

std::string render_json(const FindingReport& report) {
  const Sources& sources = report.sources;
  Json list = Json::array();
  for (const Diagnostic* const found : report.findings.sorted()) {
    const Diagnostic& d = *found;
    const FindingInfo& info = finding_info(d.id);
    Json json = {{"id", info.id},
                 {"name", info.name},
                 {"severity", severity_name(d.severity)},
                 {"message", d.message}};
    put_place(json, d.at, sources);
    json["help"] = d.help;
    json["notes"] = Json::array();
    for (const Note& note : d.notes) {
      Json entry = {{"text", note.text}};
      put_place(entry, note.at, sources);
      json["notes"].push_back(std::move(entry));
    }
    json["fix"] = Json::array();
    for (const Edit& edit : edits_of(d, sources)) {
      Json entry = {{"text", edit.text}};
      put_place(entry, edit.at, sources);
      json["fix"].push_back(std::move(entry));
    }
    json["also"] = d.found_in;
    list.push_back(std::move(json));
  }
  const Json json = {{"schema", "ipucnn.findings/1"}, {"findings", std::move(list)}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace ipucnn::rendering
