// JSON of a plan back to the plan; src/emit/json.cpp writes it. Fields that are not known are a
// newer program's and are passed over; what is known has to be right.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/regex.h"
#include "ipucnn/plan.h"
#include "plan/json_place.h"

namespace ipucnn {
namespace {

using planning::Json;
using planning::Place;

std::vector<Piece> read_pieces(const Place& place) {
  std::vector<Piece> pieces;
  for (const Place& at : place.items()) {
    Piece piece;
    if (at.has("env")) {
      piece.kind = Piece::Kind::Variable;
      piece.text = at.member("env").name();
      if (at.has("default")) piece.fallback = at.member("default").text();
    } else if (at.has("text")) {
      piece.text = at.member("text").text();
    } else {
      piece.text = at.text();
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

/// A text, or its pieces where the text does not say all.
Arg read_arg(const Place& shown, const Place& pieces) {
  Arg arg;
  const std::string text = shown.shown_text();
  if (pieces.is_null()) {
    if (!text.empty()) arg.pieces = {{Piece::Kind::Text, text, std::nullopt}};
    return arg;
  }
  arg.pieces = read_pieces(pieces);
  // Whoever edits the one has to edit the other; what is started are the pieces.
  if (planning::utf8_or_replaced(arg.shown()) != text)
    pieces.fail("these pieces do not make what " + shown.path() + " shows");
  return arg;
}

Arg read_path(const Place& place) {
  Arg arg;
  if (place.is_null()) return arg;
  if (place.is_array()) {
    arg.pieces = read_pieces(place);
  } else if (std::string text = place.text(); !text.empty()) {
    arg.pieces = {{Piece::Kind::Text, std::move(text), std::nullopt}};
  }
  return arg;
}

Command read_command(const Place& step) {
  Command command;
  const auto argv = step.member("argv").items();
  const auto words = step.member("words").items();
  if (words.size() != argv.size()) step.member("words").fail("has another length than argv");
  if (argv.empty()) step.member("argv").fail("holds no program");
  for (std::size_t i = 0; i < argv.size() && i < words.size(); ++i) {
    Arg arg = read_arg(argv[i], words[i].optional_member("pieces"));
    arg.begins = words[i].member("begins").boolean();
    arg.cause = words[i].member("cause").text();
    command.argv.push_back(std::move(arg));
  }
  const auto program_at = step.member("program_at").whole(0);
  command.program_at = static_cast<std::size_t>(program_at);
  if (command.program_at >= command.argv.size())
    step.member("program_at").fail("is no word of argv");
  const Place pieces = step.member("env_pieces");
  for (const auto& [name, value] : step.member("env").fields()) {
    if (name.empty() || name.find('=') != name.npos) value.fail("is no variable's name");
    command.env.emplace_back(name, read_arg(value, pieces.optional_member(name)));
  }
  for (const auto& [name, value] : pieces.fields())
    if (!step.member("env").has(name)) value.fail("is of no variable in env");
  const Place cwd_pieces = step.member("cwd_pieces");
  if (!step.member("cwd").is_null())
    command.cwd = read_arg(step.member("cwd"), cwd_pieces);
  else if (!cwd_pieces.is_null())
    cwd_pieces.fail("is of no cwd");
  return command;
}

StepGeometry read_geometry(const Place& g) {
  const auto figure = [&](const char* name) { return g.member(name).whole_or_null(1); };
  return {
      figure("micro_batch"), figure("accumulation"), figure("replicas"), figure("ipus_per_replica"),
      figure("instances"),   figure("hosts"),        figure("ilds"),     figure("global_batch"),
      figure("ipus")};
}

PlanScalar read_scalar(const Place& at) {
  const Json& json = at.json();
  if (json.is_null()) return {ScalarType::Null, {}};
  if (json.is_boolean()) return {ScalarType::Bool, json.get<bool>() ? "true" : "false"};
  if (json.is_number_float()) return {ScalarType::Float, fmt::format("{}", json.get<double>())};
  if (json.is_number()) return {ScalarType::Int, std::to_string(at.whole(INT64_MIN))};
  if (at.has("float")) {
    const std::string text = at.member("float").text();
    if (text != "inf" && text != "-inf" && text != "nan")
      at.member("float").fail("is inf, -inf or nan");
    return {ScalarType::Float, text};
  }
  return {ScalarType::String, at.text()};
}

std::vector<PlanSetting> read_settings(const Place& place) {
  std::vector<PlanSetting> settings;
  for (const auto& [key, value] : place.fields()) {
    PlanSetting set{key, {}, value.is_array()};
    if (set.is_list)
      for (const Place& item : value.items()) set.items.push_back(read_scalar(item));
    else
      set.items.push_back(read_scalar(value));
    settings.push_back(std::move(set));
  }
  return settings;
}

std::vector<MetricPattern> read_metrics(const Place& place) {
  std::vector<MetricPattern> metrics;
  for (const Place& at : place.items()) {
    MetricPattern metric;
    metric.name = at.member("name").name();
    metric.line = at.member("line").text();
    metric.before = at.member("before").text();
    metric.after = at.member("after").text();
    metric.unit = at.member("unit").text();
    const std::string covers = at.member("covers").text();
    if (covers != "all instances" && covers != "one process")
      at.member("covers").fail("is 'all instances' or 'one process'");
    metric.covers_all = covers == "all instances";
    if (at.has("combine")) {
      const std::string combine = at.member("combine").text();
      if (combine != "mean" && combine != "longest")
        at.member("combine").fail("is 'mean' or 'longest'");
      metric.combine = combine == "mean" ? Combine::Mean : Combine::Longest;
    }
    if (at.has("regex")) {
      metric.regex = at.member("regex").name();
      RegexFault fault;
      if (!Regex::compile(metric.regex, fault))
        at.member("regex").fail("cannot be used: " + fault.says);
    }
    metric.discard_first = at.member("discard_first").whole(0);
    metric.better = at.member("better").text_or_null().value_or("");
    if (!metric.better.empty() && metric.better != "higher" && metric.better != "lower")
      at.member("better").fail("is null, 'higher' or 'lower'");
    metric.at = at.member("at").text_or_null().value_or("");
    if (at.has("under")) {
      metric.under = at.member("under").text();
      metric.discard_through = at.member("discard_through").whole(0);
    }
    if (at.has("total")) metric.total = at.member("total").text();
    for (const MetricPattern& other : metrics)
      if (other.name == metric.name) at.member("name").fail("is another metric's name as well");
    metrics.push_back(std::move(metric));
  }
  return metrics;
}

ProofPattern read_proof(const Place& place, const std::vector<MetricPattern>& metrics) {
  if (place.has("text")) return {ProofPattern::Kind::Text, place.member("text").name()};
  if (!place.has("metric")) {
    if (place.member("exit_status").whole(0) != 0) place.member("exit_status").fail("is 0");
    return {};
  }
  const std::string name = place.member("metric").text();
  for (const MetricPattern& metric : metrics)
    if (metric.name == name) return {ProofPattern::Kind::Metric, name};
  place.member("metric").fail("is none of the metrics");
  return {};
}

Severity read_severity(const Place& place) {
  const std::string word = place.text();
  for (const Severity severity : {Severity::Note, Severity::Warning, Severity::Error})
    if (severity_name(severity) == word) return severity;
  place.fail("is none of note, warning and error");
  return Severity::Error;
}

CheckpointPattern read_checkpoints(const Place& at) {
  CheckpointPattern pattern{at.member("before").text(), at.member("after").text(),
                            at.member("complete").text(), at.member("restore_option").text()};
  // Plans that were kept before there were these have them not.
  if (at.has("restore_takes_folder"))
    pattern.restore_takes_folder = at.member("restore_takes_folder").boolean();
  if (at.has("schedule")) pattern.schedule = at.member("schedule").texts();
  return pattern;
}

CsvPattern read_csv_file(const Place& at) {
  CsvPattern file{at.member("file").name(), at.member("before").text(), at.member("after").text(),
                  at.member("rows_by").text_or_null().value_or("")};
  const std::string rows_of = at.member("rows_of").text();
  if (rows_of != "first instance" && rows_of != "all instances")
    at.member("rows_of").fail("is 'first instance' or 'all instances'");
  file.of_all_instances = rows_of == "all instances";
  for (const auto& [column, metric] : at.member("columns").fields())
    file.columns.emplace_back(column, metric.text());
  return file;
}

void read_patterns(const Place& at, Step& step) {
  step.metrics = read_metrics(at.member("metrics"));
  step.proof = read_proof(at.member("proof"), step.metrics);
  for (const Place& phase : at.member("phases").items())
    step.phases.push_back({phase.member("name").name(), phase.member("line").text()});
  for (const Place& message : at.member("messages").items())
    step.messages.push_back({message.member("id").name(), message.member("line").name(),
                             message.member("cause").text(), message.member("remedy").text(),
                             read_severity(message.member("severity")),
                             message.member("may_pass").boolean()});
  if (const Place place = at.member("checkpoints"); !place.is_null())
    step.checkpoints = read_checkpoints(place);
  // Plans that were kept before there were these have them not.
  if (at.has("csv_files"))
    for (const Place& file : at.member("csv_files").items())
      step.csv_files.push_back(read_csv_file(file));
  for (const Place& limit : at.member("limits").items())
    step.limits.push_back({limit.member("phase").name(), limit.member("seconds").whole(1)});
  if (const Place retry = at.member("retry"); !retry.is_null())
    step.retry = {retry.member("times").whole(0), retry.member("on").texts()};
}

Step read_step(const Place& at) {
  Step step;
  step.name = at.member("name").name();
  step.purpose = at.member("purpose").name();
  step.script = at.member("script").text();
  step.launcher = at.member("launcher").text();
  step.command = read_command(at);
  step.script_dir = read_path(at.member("script_dir"));
  step.geometry = read_geometry(at.member("geometry"));
  step.settings = read_settings(at.member("settings"));
  step.output = read_path(at.member("output"));
  step.restore = read_path(at.member("restore"));
  for (const Place& need : at.member("data_needs").items()) {
    step.data_needs.push_back({read_path(need.member("path")), need.member("files").texts(),
                               need.has("help") ? need.member("help").text() : ""});
    if (!need.has("counts")) continue;
    for (const Place& count : need.member("counts").items())
      step.data_needs.back().counts.push_back(
          {count.member("files").text(), count.member("exactly").whole(1)});
  }
  read_patterns(at, step);
  const Place resources = at.member("resources");
  step.resources = {resources.member("hosts").whole_or_null(1),
                    resources.member("ipus").whole_or_null(1),
                    resources.member("network").text_or_null()};
  step.printing_instances = at.member("printing_instances").whole_or_null(1);
  return step;
}

/// A file of the plan must not be one that a run writes itself, nor leave the run's folder.
PlanFile read_file(const Place& at, const std::vector<Step>& steps) {
  PlanFile file{at.member("name").name(), at.member("text").text()};
  const std::string& name = file.name;
  bool taken = name == "plan.json" || name == "record.json" || name == "resolved.yml" ||
               name == "explain.json" || name == "ipucnn.log";
  for (const Step& step : steps) taken = taken || step.name == name;
  if (taken || name.front() == '.' || name.find('/') != name.npos)
    at.member("name").fail("cannot be a file's name in a run folder");
  return file;
}

std::vector<std::pair<std::string, std::string>> read_texts_by_name(const Place& at) {
  std::vector<std::pair<std::string, std::string>> texts;
  for (const auto& [name, value] : at.fields()) texts.emplace_back(name, value.text());
  return texts;
}

KubernetesRequest read_cluster(const Place& at) {
  KubernetesRequest cluster;
  cluster.name_space = at.member("namespace").text();
  cluster.image = at.member("image").text();
  cluster.shared_memory = at.member("shared_memory").text();
  cluster.cpu = at.member("cpu").text();
  cluster.memory = at.member("memory").text();
  cluster.service_account = at.member("service_account").text();
  cluster.clean_pods = at.member("clean_pods").text();
  cluster.backoff_limit = at.member("backoff_limit").whole(0);
  cluster.volumes = read_texts_by_name(at.member("volumes"));
  cluster.secrets = read_texts_by_name(at.member("secrets"));
  return cluster;
}

JobPlan read_plan(const Place& at) {
  JobPlan plan;
  plan.name = at.member("name").name();
  plan.application = at.member("application").text_or_null().value_or("");
  plan.release = at.member("release").text_or_null().value_or("");
  plan.preset = at.member("preset").text_or_null();
  plan.job = at.member("job").text_or_null();
  plan.target = at.member("target").text();
  plan.site = at.member("site").text_or_null();
  plan.profile = at.member("profile").text();
  plan.label = at.member("label").text_or_null();
  plan.sdk = at.optional_member("sdk").text_or_null();  // not in older ones
  if (at.has("sdk_releases"))
    for (const Place& release : at.member("sdk_releases").items())
      plan.sdk_releases.push_back(release.text());
  for (const Place& file : at.member("inputs").items())
    plan.inputs.push_back({file.member("path").name(), file.member("sha256").name()});
  for (const Place& finding : at.member("blocked").items())
    plan.blocked.push_back({finding.member("id").name(), finding.member("message").text(),
                            finding.member("file").text(), finding.member("line").whole(0),
                            finding.member("column").whole(0), finding.member("help").text()});
  for (const Place& step : at.member("steps").items()) {
    plan.steps.push_back(read_step(step));
    for (std::size_t i = 0; i + 1 < plan.steps.size(); ++i)
      if (plan.steps[i].name == plan.steps.back().name)
        step.member("name").fail("is another step's name as well");
  }
  if (plan.steps.empty()) at.member("steps").fail("holds no step");
  for (const Place& file : at.member("files").items())
    plan.files.push_back(read_file(file, plan.steps));
  if (at.has("slurm")) {
    const Place slurm = at.member("slurm");
    plan.slurm =
        SlurmRequest{slurm.member("resources").text(), read_texts_by_name(slurm.member("options"))};
  }
  if (at.has("kubernetes")) plan.kubernetes = read_cluster(at.member("kubernetes"));
  return plan;
}

}  // namespace

std::vector<JobPlan> read_plans(std::string_view text, std::string& error) {
  error.clear();
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& e) {
    error = fmt::format("$: is no JSON: {}", planning::without_tag(e.what()));
    return {};
  }
  const Place top(json, "$", error);
  std::vector<JobPlan> plans;
  const std::string schema = top.member("schema").text();
  if (error.empty() && schema == "ipucnn.plan/2") {
    plans.push_back(read_plan(top));
  } else if (error.empty() && schema == "ipucnn.plans/2") {
    for (const Place& one : top.member("plans").items()) {
      if (one.member("schema").text() != "ipucnn.plan/2")
        one.member("schema").fail("is not ipucnn.plan/2");
      plans.push_back(read_plan(one));
    }
    if (plans.empty()) top.member("plans").fail("holds no plan");
  } else {
    top.member("schema").fail("is neither ipucnn.plan/2 nor ipucnn.plans/2");
  }
  if (!error.empty()) plans.clear();
  return plans;
}

}  // namespace ipucnn
