// The plan as JSON, schema ipucnn.plan/1. Every geometry field is always there, null when absent.
#include <nlohmann/json.hpp>

#include "emit/emitters.h"

namespace ipucnn::emitting {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
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
      pieces.push_back({{"text", piece.text}});
    } else {
      Json variable = {{"env", piece.text}};
      if (piece.fallback) variable["default"] = *piece.fallback;
      pieces.push_back(std::move(variable));
    }
  }
  return pieces;
}

Json step_json(const Step& step) {
  Json argv = Json::array();
  Json pieces = Json::object();
  for (std::size_t i = 0; i < step.command.argv.size(); ++i) {
    const Arg& arg = step.command.argv[i];
    argv.push_back(arg.shown());
    if (!arg.is_literal()) pieces[std::to_string(i)] = pieces_json(arg);
  }
  Json env = Json::object();
  Json env_pieces = Json::object();
  for (const auto& [name, arg] : step.command.env) {
    env[name] = arg.shown();
    if (!arg.is_literal()) env_pieces[name] = pieces_json(arg);
  }
  const Arg& cwd = step.command.cwd;
  Json json = {{"name", step.name},
               {"purpose", step.purpose},
               {"argv", std::move(argv)},
               {"env", std::move(env)},
               {"cwd", cwd.pieces.empty() ? Json(nullptr) : Json(cwd.shown())},
               {"geometry", geometry_json(step.geometry)}};
  // Which words hold variables: by index in argv, by name in env.
  if (!pieces.empty()) json["argv_pieces"] = std::move(pieces);
  if (!env_pieces.empty()) json["env_pieces"] = std::move(env_pieces);
  if (!cwd.is_literal()) json["cwd_pieces"] = pieces_json(cwd);
  return json;
}

Json plan_json(const JobPlan& plan) {
  Json steps = Json::array();
  for (const Step& step : plan.steps) steps.push_back(step_json(step));
  return {{"schema", "ipucnn.plan/1"},    {"application", plan.application},
          {"release", plan.release},      {"preset", or_null(plan.preset)},
          {"job", or_null(plan.job)},     {"target", plan.target},
          {"site", or_null(plan.site)},   {"profile", plan.profile},
          {"label", or_null(plan.label)}, {"steps", std::move(steps)}};
}

Artifact artifact(std::string name, const Json& json) {
  // Words are bytes; what is no UTF-8 is replaced rather than refused.
  return {std::move(name),
          json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

}  // namespace

std::vector<Artifact> emit_json(const JobPlan& plan) {
  return {artifact("plan.json", plan_json(plan))};
}

std::vector<Artifact> emit_json_plans(const std::vector<JobPlan>& plans) {
  Json list = Json::array();
  for (const JobPlan& plan : plans) list.push_back(plan_json(plan));
  return {artifact("plans.json", {{"schema", "ipucnn.plans/1"}, {"plans", std::move(list)}})};
}

}  // namespace ipucnn::emitting
