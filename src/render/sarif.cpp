// SARIF 2.1.0, the exchange format of code scanners.
#include <map>
#include <nlohmann/json.hpp>

#include "base/edits.h"
#include "render/renderers.h"

namespace ipucnn::rendering {
namespace {

using Json = nlohmann::ordered_json;

/// A file name as a URI reference: what RFC 3986 does not allow as it is becomes %XX.
std::string uri(std::string_view name) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : name) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

Json region(const Sources& sources, Span at) {
  const CharacterColumns columns = character_columns(sources, at);
  return {{"startLine", at.line}, {"startColumn", columns.first}, {"endColumn", columns.behind}};
}

Json location(const FindingReport& report, Span at) {
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", uri(file_name(report, at))}}},
            {"region", region(report.sources, at)}}}};
}

Json rule(const FindingInfo& info) {
  return {{"id", info.id},
          {"name", info.name},
          {"shortDescription", {{"text", info.summary}}},
          {"defaultConfiguration", {{"level", severity_name(info.severity)}}}};
}

Json result(const Diagnostic& d, std::size_t rule_index, const FindingReport& report) {
  const Sources& sources = report.sources;
  std::string text = d.message;
  if (!in_a_file(sources, d.at)) text = place_text(d, sources) + text;
  if (!d.help.empty()) text += "\nhelp: " + d.help;
  Json json = {{"ruleId", finding_info(d.id).id},
               {"ruleIndex", rule_index},
               {"level", severity_name(d.severity)},
               {"message", {{"text", text}}}};
  if (in_a_file(sources, d.at)) json["locations"] = Json::array({location(report, d.at)});
  Json related = Json::array();
  for (const Note& note : d.notes) {
    const bool opens = in_a_file(sources, note.at);
    Json entry = opens ? location(report, note.at) : Json::object();
    entry["message"] = {{"text", opens ? note.text : note_text(note, sources)}};
    related.push_back(std::move(entry));
  }
  if (!related.empty()) json["relatedLocations"] = std::move(related);
  Json replacements = Json::array();
  for (const Edit& edit : edits_of(d, sources))
    if (in_a_file(sources, edit.at))
      replacements.push_back({{"deletedRegion", region(sources, edit.at)},
                              {"insertedContent", {{"text", edit.text}}}});
  if (!replacements.empty() && in_a_file(sources, d.at))
    json["fixes"] =
        Json::array({{{"description", {{"text", d.help}}},
                      {"artifactChanges",
                       Json::array({{{"artifactLocation", {{"uri", uri(file_name(report, d.at))}}},
                                     {"replacements", std::move(replacements)}}})}}});
  if (!d.found_in.empty()) json["properties"] = {{"presets", d.found_in}};
  return json;
}

}  // namespace

std::string render_sarif(const FindingReport& report) {
  Json rules = Json::array();
  Json results = Json::array();
  std::map<FindingId, std::size_t> index;
  for (const Diagnostic* d : report.findings.sorted()) {
    const auto [known, added] = index.emplace(d->id, index.size());
    if (added) rules.push_back(rule(finding_info(d->id)));
    results.push_back(result(*d, known->second, report));
  }
  const Json driver = {{"name", "ipucnn"}, {"version", report.version}, {"rules", rules}};
  const Json run = {
      {"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}};
  const Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({run})}};
  return log.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace ipucnn::rendering
