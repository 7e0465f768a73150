// What the oracles ask of the program, without a process for each question: one JSON value a line
// in, one a line out.
//   ipucnn_batch yaml     a text -> its tree, or its findings
//   ipucnn_batch resolve  {"script", "text": a configs.yml with the preset p, "argv",
//                         "application"} -> the values that preset and overrides set, or findings
//   ipucnn_batch run      words behind the program's name -> status, out and err
//   ipucnn_batch shell    a text -> the words of each simple command, variables as ${env:NAME}
//   ipucnn_batch import   a script -> the words of each training command, with the loops over it
//   ipucnn_batch solve    the fields of a SolveSpace -> answers, violated relation, nearest values
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/app.h"
#include "import/shell_words.h"
#include "ipucnn/catalog.h"
#include "ipucnn/import.h"
#include "ipucnn/job.h"
#include "ipucnn/view.h"
#include "view/typed_json.h"

namespace {

using ipucnn::Node;
using ipucnn::ScalarType;
using Json = nlohmann::ordered_json;

/// Kinds are written out, because JSON cannot tell 1 from 1.0 or hold NaN.
Json scalar_json(Node node) {
  switch (node.type()) {
    case ScalarType::Null:
      return {"null"};
    case ScalarType::Bool:
      return {"bool", ipucnn::yaml_bool(node.text())};
    case ScalarType::Int: {
      const auto value = ipucnn::yaml_int(node.text());
      return value ? Json{"int", *value} : Json{"int", nullptr};
    }
    case ScalarType::Float: {
      const auto value = ipucnn::yaml_float(node.text());
      return value ? Json{"float", fmt::format("{}", *value)} : Json{"float", nullptr};
    }
    case ScalarType::String:
      break;
  }
  return {"str", node.text()};
}

Json tree_json(Node node) {
  if (node.is_scalar()) return scalar_json(node);
  Json items = Json::array();
  if (node.is_list()) {
    for (const Node item : node) items.push_back(tree_json(item));
    return {"list", std::move(items)};
  }
  node.each_pair([&](Node key, Node value) {
    items.push_back({tree_json(key), tree_json(value), key.is_plain()});
  });
  return {"map", std::move(items)};
}

Json findings_json(const ipucnn::Diagnostics& findings) {
  Json list = Json::array();
  for (const ipucnn::Diagnostic* d : findings.sorted())
    list.push_back({{"id", ipucnn::finding_info(d->id).id},
                    {"severity", ipucnn::severity_name(d->severity)},
                    {"message", d->message},
                    {"line", d->at.line},
                    {"column", d->at.column}});
  return list;
}

Json read_yaml(const std::string& text) {
  ipucnn::Sources sources;
  ipucnn::Diagnostics findings;
  const auto source = sources.add("text", text);
  const auto document = ipucnn::load_yaml(sources, source, findings);
  Json answer = {{"findings", findings_json(findings)}, {"tree", nullptr}};
  if (document != nullptr && root(document->tree)) answer["tree"] = tree_json(root(document->tree));
  return answer;
}

Json resolve_case(const Json& question) {
  const std::string name = question.value("application", "tensorflow1_cnns@2.3");
  ipucnn::Sources sources;
  ipucnn::Catalog catalog(sources);
  ipucnn::Diagnostics findings;
  Json answer = {{"findings", Json::array()}, {"settings", nullptr}};
  const auto source = sources.add("text", question.at("text").get<std::string>());
  if (catalog.add(sources, source, ipucnn::Layer::Named, name, findings)) {
    ipucnn::JobRequest request;
    request.application = ipucnn::Word{name, {}};
    request.preset = ipucnn::Word{"p", {}};
    request.script = ipucnn::Word{question.at("script").get<std::string>(), {}};
    for (const Json& word : question.at("argv"))
      request.overrides.push_back({word.get<std::string>(), {}});
    const ipucnn::Descriptors descriptors(catalog);
    const ipucnn::Job job =
        resolve_job(request, descriptors, {}, ipucnn::Occasion::Rehearsal, ipucnn::Extent::Values);
    findings.add(job.all_findings());
    if (job.is_legal()) {
      answer["settings"] = Json::object();
      const ipucnn::JobStep& step = job.points.front().first();
      const ipucnn::Effective effective(step.schema(), step.purpose.script, step.settings);
      for (const ipucnn::Setting& set : step.settings.all())
        answer["settings"][set.key] = ipucnn::view::typed_json(set, effective.option(set.key));
    }
  }
  answer["findings"] = findings_json(findings);
  return answer;
}

std::optional<std::int64_t> optional_field(const Json& question, const char* name) {
  const Json& field = question.at(name);
  return field.is_null() ? std::nullopt : std::optional(field.get<std::int64_t>());
}

Json solve_case(const Json& q) {
  ipucnn::SolveSpace space;
  space.available_ipus = optional_field(q, "room");
  space.most_hosts = q.at("most_hosts");
  space.instances_per_host = optional_field(q, "instances_per_host");
  space.shares_replicas = space.powers_of_two = q.at("poprun").get<bool>();
  space.ipus_per_replica = q.at("ipus_per_replica");
  space.multiple = q.at("multiple");
  space.least = q.at("least");
  space.micro_batch = q.at("micro_batch");
  space.accumulation = q.at("accumulation");
  space.replicas = q.at("replicas");
  space.asked_micro_batch = optional_field(q, "asked_micro_batch");
  space.asked_accumulation = optional_field(q, "asked_accumulation");
  space.asked_replicas = optional_field(q, "asked_replicas");
  space.asked_global_batch = optional_field(q, "asked_global_batch");
  space.asked_instances = optional_field(q, "asked_instances");
  return Json::parse(show_solution(ipucnn::solve(space), space, ipucnn::ViewFormat::Json));
}

Json run_case(const Json& words) {
  std::string out;
  std::string err;
  ipucnn::cli::Streams streams;
  streams.out = [&](std::string_view text) { out += text; };
  streams.err = [&](std::string_view text) { err += text; };
  ipucnn::cli::World world;
  world.variable = [](std::string_view) { return std::optional<std::string>(); };
  const int status = ipucnn::cli::run(words.get<std::vector<std::string>>(), streams, world);
  return {{"status", status}, {"out", std::move(out)}, {"err", std::move(err)}};
}

Json shell_case(const std::string& text) {
  Json commands = Json::array();
  for (const auto& command :
       ipucnn::importing::read_shell(ipucnn::importing::take_part(text, 0, text.size()))) {
    if (command.role != ipucnn::importing::ShellRole::Command) continue;
    Json words = Json::array();
    for (const auto& word : command.words) words.push_back(word.value.text);
    commands.push_back(std::move(words));
  }
  return commands;
}

/// A shell script's text, or {name, text, app} of any file.
Json import_case(const Json& question) {
  const bool plain = question.is_string();
  const std::string text = plain ? question : question.at("text");
  const std::string name = plain ? "text.sh" : question.at("name");
  const std::string app = plain ? "" : question.at("app");
  ipucnn::ImportRequest request;
  request.kind = ipucnn::command_source(name, text).value_or(ipucnn::CommandSource::Shell);
  request.application = ipucnn::parse_app_id(app);
  ipucnn::Sources sources;
  const ipucnn::Catalog catalog(sources);
  ipucnn::Diagnostics findings;
  const auto source = sources.add(name, text);
  Json commands = Json::array();
  for (const auto& job : import_commands(catalog, sources, source, request, findings)) {
    Json loops = Json::array();
    for (const auto& loop : job.loops) loops.push_back({loop.use, loop.values});
    commands.push_back({{"line", job.at.line}, {"words", job.line}, {"loops", std::move(loops)}});
  }
  return {{"commands", std::move(commands)}, {"findings", findings_json(findings)}};
}

Json answer_to(std::string_view mode, const Json& question) {
  if (mode == "shell") return shell_case(question.get<std::string>());
  if (mode == "import") return import_case(question);
  if (mode == "yaml") return read_yaml(question.get<std::string>());
  if (mode == "run") return run_case(question);
  return mode == "solve" ? solve_case(question) : resolve_case(question);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 2 ? argv[1] : "";
  constexpr std::string_view kModes[] = {"yaml", "resolve", "run", "shell", "import", "solve"};
  if (std::find(std::begin(kModes), std::end(kModes), mode) == std::end(kModes)) return 2;
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const Json question = Json::parse(line);
    std::cout << answer_to(mode, question).dump() << '\n';
  }
  return 0;
}
