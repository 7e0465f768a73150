#include <nlohmann/json.hpp>

#include "base/json_value.h"
#include "ipucnn/record.h"

namespace ipucnn {
namespace {

using Json = nlohmann::ordered_json;

/// Only the facts that this kind of end has: what was interrupted has no exit status.
void add_end(const End& end, Json& json) {
  const EndFacts facts = facts_of(end);
  if (facts.exit_status) json["exit_status"] = *facts.exit_status;
  if (facts.signal) json["signal"] = *facts.signal;
  if (facts.phase) json["phase"] = *facts.phase;
  if (facts.reason) json["reason"] = *facts.reason;
}

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string record_json(const TryRecord& record) {
  Json json = {{"schema", "ipucnn.record/2"},
               {"of", "try"},
               {"step", record.step},
               {"try", record.number},
               {"label", or_null(record.label)},
               {"state", record.end      ? end_name(*record.end)
                         : record.queued ? "queued"
                                         : "running"}};
  if (record.end) add_end(*record.end, json);
  json["started"] = record.started;
  json["ended"] = or_null(record.ended);
  json["seconds"] = or_null(record.seconds);
  json["started_in"] = record.started_in;
  json["submitted"] = record.job.empty() ? Json(nullptr) : Json(record.job);
  json["where"] = record.where.empty() ? Json(nullptr) : Json(record.where);
  json["variables"] = Json::object();
  for (const auto& [name, value] : record.variables) json["variables"][name] = value;
  json["proof"] = record.proof.empty() ? Json(nullptr) : Json(record.proof);
  json["phases"] = Json::array();
  for (const SeenPhase& phase : record.phases)
    json["phases"].push_back({{"name", phase.name}, {"began", phase.began}});
  json["checkpoint"] = or_null(record.checkpoint);
  if (!record.log_error.empty()) json["log_error"] = record.log_error;
  json["messages"] = Json::array();
  for (const SeenMessage& seen : record.messages)
    json["messages"].push_back(
        {{"id", seen.id}, {"line", seen.line}, {"cause", seen.cause}, {"remedy", seen.remedy}});
  return text_of(json);
}

std::string run_record_json(const RunRecord& record) {
  Json figures = Json::array();
  for (const HeadlineFigure& figure : record.figures)
    figures.push_back({{"step", figure.step},
                       {"metric", figure.metric},
                       {"unit", figure.unit},
                       {"n", figure.n},
                       {"mean", or_null(figure.mean)},
                       {"last", or_null(figure.last)},
                       {"best", or_null(figure.best)}});
  Json tries = Json::array();
  for (const TryState& one : record.tries)
    tries.push_back({{"step", one.step}, {"try", one.number}, {"state", one.state}});
  Json json = {{"schema", "ipucnn.record/2"},
               {"of", "run"},
               {"state", record.end       ? end_name(*record.end)
                         : record.queued  ? "queued"
                         : record.running ? "running"
                                          : "preparing"},
               {"step", or_null(record.step)},
               {"try", record.step ? Json(record.number) : Json(nullptr)}};
  if (record.end) add_end(*record.end, json);
  if (!record.end && record.queued && !record.queued->empty()) json["reason"] = *record.queued;
  if (!record.log_error.empty()) json["log_error"] = record.log_error;
  json["scheduler"] = record.scheduler.empty() ? Json(nullptr) : Json(record.scheduler);
  json["handed"] = Json::array();
  for (const HandedStep& one : record.handed)
    json["handed"].push_back({{"step", one.step}, {"try", one.number}, {"submitted", one.job}});
  for (const auto& [name, value] : record.about) json[name] = or_null(value);
  json["name"] = or_null(record.name);
  json["notes"] = or_null(record.notes);
  json["started"] = record.started;
  json["ended"] = or_null(record.ended);
  json["tries"] = std::move(tries);
  json["figures"] = std::move(figures);
  json["origin"] = nullptr;
  if (const auto& origin = record.origin)
    json["origin"] = {
        {"how", origin->how}, {"run", origin->run}, {"checkpoint", or_null(origin->checkpoint)}};
  json["started_in"] = record.context.started_in;
  json["ipucnn"] = record.context.version;
  json["kernel"] = record.context.kernel;
  json["commit"] = or_null(record.context.commit);
  json["dirty"] = or_null(record.context.dirty);
  json["configs_dirty"] = or_null(record.context.configs_dirty);
  for (const auto& [field, pairs] :
       {std::pair{"versions", &record.context.versions}, {"tools", &record.context.tools}}) {
    json[field] = Json::object();
    for (const auto& [name, value] : *pairs) json[field][name] = value;
  }
  json["environment"] = record.context.environment;
  json["writer"] = {{"host", record.writer.host},
                    {"boot_id", record.writer.boot_id},
                    {"pid", record.writer.pid},
                    {"start_time", record.writer.start_time}};
  return text_of(json);
}

}  // namespace ipucnn
