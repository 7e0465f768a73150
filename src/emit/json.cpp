// The plan as JSON, schema ipucnn.plan/2 (docs/formats.md). Every field is always there, null or
// empty when it has no value; src/plan/read_plan.cpp reads the same plan back.
#include <charconv>

#include "base/base64.h"
#include "base/json_value.h"
#include "base/text.h"
#include "emit/emitters.h"
#include "emit/json_layout.h"

namespace ipucnn::emitting {
namespace {

/// A text; bytes that are no UTF-8, which JSON cannot hold, in base64.
Json text_json(const std::string& text) {
  return is_utf8(text) ? Json(text) : Json{{"bytes", base64(text)}};
}

Json texts_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text_json(text));
  return list;
}

/// For people: what is no UTF-8 is replaced.
std::string shown_text(const Arg& arg) {
  std::string text = arg.shown();
  if (is_utf8(text)) return text;
  const auto replace = nlohmann::json::error_handler_t::replace;
  return Json::parse(Json(text).dump(-1, ' ', false, replace)).get<std::string>();
}

using ipucnn::or_null;
Json or_null(const std::optional<std::string>& value) {
  return value ? text_json(*value) : Json(nullptr);
}

Json geometry_json(const StepGeometry& g) {
  return {{"micro_batch", or_null(g.micro_batch)},
          {"accumulation", or_null(g.accumulation)},
          {"replicas", or_null(g.replicas)},
          {"ipus_per_replica", or_null(g.ipus_per_replica)},
          {"instances", or_null(g.instances)},
          {"hosts", or_null(g.hosts)},
          {"ilds", or_null(g.ilds)},
          {"global_batch", or_null(g.global_batch)},
          {"ipus", or_null(g.ipus)}};
}

Json pieces_json(const Arg& arg) {
  Json pieces = Json::array();
  for (const Piece& piece : arg.pieces) {
    if (piece.kind == Piece::Kind::Text) {
      pieces.push_back(is_utf8(piece.text) ? Json{{"text", piece.text}} : text_json(piece.text));
      continue;
    }
    Json variable = {{"env", piece.text}};
    if (piece.fallback) variable["default"] = text_json(*piece.fallback);
    pieces.push_back(std::move(variable));
  }
  return pieces;
}

/// Whether the text that is shown says all of it.
bool is_plain(const Arg& arg) {
  if (arg.pieces.empty()) return true;
  const Piece& first = arg.pieces.front();
  return arg.pieces.size() == 1 && first.kind == Piece::Kind::Text && !first.text.empty() &&
         is_utf8(first.text);
}

/// A path: its text, its pieces where that does not say all, null where there is none.
Json path_json(const Arg& arg) {
  if (arg.pieces.empty()) return nullptr;
  return is_plain(arg) ? Json(arg.shown()) : pieces_json(arg);
}

Json scalar_json(const PlanScalar& scalar) {
  switch (scalar.type) {
    case ScalarType::Null:
      return nullptr;
    case ScalarType::Bool:
      return scalar.text == "true";
    case ScalarType::Int:
      return Json::parse(scalar.text);
    case ScalarType::Float: {
      // JSON has no word for inf and nan.
      if (scalar.text.find('n') != std::string::npos) return {{"float", scalar.text}};
      double value = 0;
      std::from_chars(scalar.text.data(), scalar.text.data() + scalar.text.size(), value);
      return value;
    }
    case ScalarType::String:
      break;
  }
  return text_json(scalar.text);
}

Json settings_json(const std::vector<PlanSetting>& settings) {
  Json json = Json::object();
  for (const PlanSetting& set : settings) {
    Json items = Json::array();
    for (const PlanScalar& item : set.items) items.push_back(scalar_json(item));
    json[set.key] = set.is_list ? std::move(items) : items.front();
  }
  return json;
}

Json null_if_empty(const std::string& text) {
  return text.empty() ? Json(nullptr) : text_json(text);
}

Json metrics_json(const std::vector<MetricPattern>& metrics) {
  Json list = Json::array();
  for (const MetricPattern& metric : metrics) {
    list.push_back({{"name", metric.name},
                    {"line", metric.line},
                    {"before", metric.before},
                    {"after", metric.after},
                    {"unit", metric.unit},
                    {"covers", metric.covers_all ? "all instances" : "one process"},
                    {"discard_first", metric.discard_first},
                    {"better", null_if_empty(metric.better)},
                    {"at", null_if_empty(metric.at)}});
    if (metric.combine != Combine::Sum)
      list.back()["combine"] = metric.combine == Combine::Mean ? "mean" : "longest";
    if (!metric.regex.empty()) list.back()["regex"] = text_json(metric.regex);
    if (!metric.under.empty()) {
      list.back()["under"] = metric.under;
      list.back()["discard_through"] = metric.discard_through;
    }
    if (!metric.total.empty()) list.back()["total"] = metric.total;
  }
  return list;
}

Json proof_json(const ProofPattern& proof) {
  switch (proof.kind) {
    case ProofPattern::Kind::Metric:
      return {{"metric", proof.what}};
    case ProofPattern::Kind::Text:
      return {{"text", proof.what}};
    case ProofPattern::Kind::ExitStatus:
      break;
  }
  return {{"exit_status", 0}};
}

/// What is looked for in the output, and what is done about it.
void add_patterns(const Step& step, Json& json) {
  json["metrics"] = metrics_json(step.metrics);
  json["proof"] = proof_json(step.proof);
  json["phases"] = Json::array();
  for (const PhasePattern& phase : step.phases)
    json["phases"].push_back({{"name", phase.name}, {"line", phase.line}});
  json["messages"] = Json::array();
  for (const MessagePattern& message : step.messages)
    json["messages"].push_back({{"id", message.id},
                                {"line", message.line},
                                {"cause", message.cause},
                                {"remedy", message.remedy},
                                {"severity", severity_name(message.severity)},
                                {"may_pass", message.may_pass}});
  json["checkpoints"] = nullptr;
  if (step.checkpoints)
    json["checkpoints"] = {{"before", step.checkpoints->before},
                           {"after", step.checkpoints->after},
                           {"complete", step.checkpoints->complete},
                           {"restore_option", step.checkpoints->restore_option},
                           {"restore_takes_folder", step.checkpoints->restore_takes_folder},
                           {"schedule", texts_json(step.checkpoints->schedule)}};
  json["csv_files"] = Json::array();
  for (const CsvPattern& file : step.csv_files) {
    Json columns = Json::object();
    for (const auto& [column, metric] : file.columns) columns[column] = metric;
    json["csv_files"].push_back(
        {{"file", file.file},
         {"before", file.before},
         {"after", file.after},
         {"rows_by", null_if_empty(file.rows_by)},
         {"rows_of", file.of_all_instances ? "all instances" : "first instance"},
         {"columns", std::move(columns)}});
  }
  json["limits"] = Json::array();
  for (const Limit& limit : step.limits)
    json["limits"].push_back({{"phase", limit.phase}, {"seconds", limit.seconds}});
  json["retry"] = nullptr;
  if (step.retry)
    json["retry"] = {{"times", step.retry->times}, {"on", texts_json(step.retry->on)}};
}

void add_words(const Command& command, Json& json) {
  Json argv = Json::array();
  Json words = Json::array();
  for (const Arg& arg : command.argv) {
    argv.push_back(shown_text(arg));
    Json word = {{"begins", arg.begins}, {"cause", arg.cause}};
    if (!is_plain(arg)) word["pieces"] = pieces_json(arg);
    words.push_back(std::move(word));
  }
  json["program_at"] = command.program_at;
  json["argv"] = std::move(argv);
  json["words"] = std::move(words);
  json["env"] = Json::object();
  json["env_pieces"] = Json::object();
  for (const auto& [name, arg] : command.env) {
    json["env"][name] = shown_text(arg);
    if (!is_plain(arg)) json["env_pieces"][name] = pieces_json(arg);
  }
  const Arg& cwd = command.cwd;
  json["cwd"] = cwd.pieces.empty() ? Json(nullptr) : Json(shown_text(cwd));
  json["cwd_pieces"] = is_plain(cwd) ? Json(nullptr) : pieces_json(cwd);
}

Json step_json(const Step& step) {
  Json json = {{"name", step.name},
               {"purpose", step.purpose},
               {"script", step.script},
               {"launcher", step.launcher}};
  add_words(step.command, json);
  json["script_dir"] = path_json(step.script_dir);
  json["geometry"] = geometry_json(step.geometry);
  json["settings"] = settings_json(step.settings);
  json["output"] = path_json(step.output);
  json["restore"] = path_json(step.restore);
  json["data_needs"] = Json::array();
  for (const DataNeed& need : step.data_needs) {
    Json& one = json["data_needs"].emplace_back(Json{
        {"path", path_json(need.path)}, {"files", texts_json(need.files)}, {"help", need.help}});
    for (const FileCount& count : need.counts)
      one["counts"].push_back({{"files", count.pattern}, {"exactly", count.exactly}});
  }
  add_patterns(step, json);
  json["resources"] = {{"hosts", or_null(step.resources.hosts)},
                       {"ipus", or_null(step.resources.ipus)},
                       {"network", or_null(step.resources.network)}};
  json["printing_instances"] = or_null(step.printing_instances);
  return json;
}

Json kubernetes_json(const KubernetesRequest& cluster) {
  const auto pairs = [](const auto& of) {
    Json json = Json::object();
    for (const auto& [name, value] : of) json[name] = text_json(value);
    return json;
  };
  return {{"namespace", text_json(cluster.name_space)},
          {"image", text_json(cluster.image)},
          {"shared_memory", text_json(cluster.shared_memory)},
          {"cpu", text_json(cluster.cpu)},
          {"memory", text_json(cluster.memory)},
          {"service_account", text_json(cluster.service_account)},
          {"clean_pods", text_json(cluster.clean_pods)},
          {"backoff_limit", cluster.backoff_limit},
          {"volumes", pairs(cluster.volumes)},
          {"secrets", pairs(cluster.secrets)}};
}

Json plan_json(const JobPlan& plan) {
  Json json = {{"schema", "ipucnn.plan/2"},
               {"name", text_json(plan.name)},
               {"application", null_if_empty(plan.application)},
               {"release", null_if_empty(plan.release)},
               {"preset", or_null(plan.preset)},
               {"job", or_null(plan.job)},
               {"target", text_json(plan.target)},
               {"site", or_null(plan.site)},
               {"profile", text_json(plan.profile)},
               {"label", or_null(plan.label)},
               {"sdk", or_null(plan.sdk)},
               {"sdk_releases", Json::array()},
               {"inputs", Json::array()},
               {"blocked", Json::array()},
               {"files", Json::array()},
               {"steps", Json::array()}};
  for (const std::string& release : plan.sdk_releases)
    json["sdk_releases"].push_back(text_json(release));
  for (const PlanInputFile& file : plan.inputs)
    json["inputs"].push_back({{"path", text_json(file.path)}, {"sha256", file.sha256}});
  for (const Blocked& finding : plan.blocked)
    json["blocked"].push_back({{"id", finding.id},
                               {"message", text_json(finding.message)},
                               {"file", text_json(finding.file)},
                               {"line", finding.line},
                               {"column", finding.column},
                               {"help", text_json(finding.help)}});
  for (const PlanFile& file : plan.files)
    json["files"].push_back({{"name", file.name}, {"text", text_json(file.text)}});
  if (plan.slurm) {
    Json options = Json::object();
    for (const auto& [name, value] : plan.slurm->options) options[name] = text_json(value);
    json["slurm"] = {{"resources", plan.slurm->resources}, {"options", std::move(options)}};
  }
  if (plan.kubernetes) json["kubernetes"] = kubernetes_json(*plan.kubernetes);
  for (const Step& step : plan.steps) json["steps"].push_back(step_json(step));
  return json;
}

}  // namespace

std::vector<Artifact> emit_json(const JobPlan& plan) {
  return {{"plan.json", laid_out(plan_json(plan))}};
}

std::vector<Artifact> emit_json_plans(const std::vector<JobPlan>& plans) {
  Json list = Json::array();
  for (const JobPlan& plan : plans) list.push_back(plan_json(plan));
  return {{"plans.json", laid_out({{"schema", "ipucnn.plans/2"}, {"plans", std::move(list)}})}};
}

}  // namespace ipucnn::emitting
