#include "ipucnn/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/plan_differences.h"

namespace ipucnn {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "ipucnn.baselines/1";

/// Whether a text of JSON nests deeper than any plan. What is copied or written goes down as far on
/// the stack.
bool nests_too_deep(std::string_view text) {
  constexpr int kDeepest = 100;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') ++i;
    if (quoted) continue;
    if (c == ']' || c == '}') --depth;
    if ((c == '[' || c == '{') && ++depth > kDeepest) return true;
  }
  return false;
}

/// An empty text is a file that is not there yet.
std::optional<Json> parse(std::string_view file, std::string& error) {
  if (file.empty()) return Json{{"schema", kSchema}, {"baselines", Json::object()}};
  if (nests_too_deep(file)) {
    error = "it nests deeper than any plan does";
    return std::nullopt;
  }
  Json json = Json::parse(file, nullptr, false);
  if (json.is_object() && json.contains("schema") && json["schema"] == kSchema &&
      json.contains("baselines") && json["baselines"].is_object())
    return json;
  error = fmt::format("it is no file of the schema {}", kSchema);
  return std::nullopt;
}

std::string text_of(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// The metric of this name as the plan has it; null when the plan knows none.
const MetricPattern* metric_of(const JobPlan& plan, std::string_view step, std::string_view name) {
  for (const Step& one : plan.steps)
    for (const MetricPattern& metric : one.metrics)
      if (one.name == step && metric.name == name) return &metric;
  return nullptr;
}

Json steps_of(const MeasuredRun& run) {
  Json steps = Json::array();
  for (const MeasuredStep& step : run.steps) {
    Json series = Json::object();
    for (const MeasuredSeries& one : step.series)
      // Others are no part of the plan, without which nobody could tell what they mean.
      if (metric_of(run.plan, step.step, one.metric.name) != nullptr)
        series[one.metric.name] = one.samples;
    steps.push_back({{"step", step.step}, {"samples", std::move(series)}});
  }
  return steps;
}

/// Throws what the library throws for a value of the wrong form.
MeasuredRun run_of(const Json& json, const JobPlan& plan) {
  MeasuredRun run{json.at("name").get<std::string>(), plan, {}, json.value("sdk", "")};
  for (const Json& step : json.at("steps")) {
    MeasuredStep measured{step.at("step").get<std::string>()};
    for (const auto& [name, samples] : step.at("samples").items())
      if (const MetricPattern* metric = metric_of(plan, measured.step, name))
        measured.series.push_back({*metric, samples.get<std::vector<double>>()});
    run.steps.push_back(std::move(measured));
  }
  return run;
}

std::optional<std::vector<MeasuredRun>> runs_of(const Json& baseline, std::string& error) {
  try {
    const auto plans = read_plans(baseline.at("plan").dump(), error);
    if (plans.empty()) return std::nullopt;
    std::vector<MeasuredRun> runs;
    for (const Json& run : baseline.at("runs")) runs.push_back(run_of(run, plans.front()));
    if (!runs.empty()) return runs;
    error = "it holds no run";
  } catch (const Json::exception& wrong) {
    error = wrong.what();
  }
  return std::nullopt;
}

void add_figures(const std::vector<MeasuredRun>& runs, std::string& out) {
  for (const MeasuredStep& step : runs.front().steps)
    for (const MeasuredSeries& series : step.series) {
      if (series.metric.is_state()) continue;
      std::vector<double> means;
      for (const MeasuredRun& run : runs)
        for (const MeasuredStep& other : run.steps)
          for (const MeasuredSeries& one : other.series)
            if (other.step == step.step && one.metric.name == series.metric.name)
              means.push_back(mean_of(one.samples));
      out +=
          fmt::format("  {}: {} {:.6g} {}\n", printable(step.step), printable(series.metric.name),
                      mean_of(means), printable(series.metric.unit));
    }
}

}  // namespace

std::optional<std::string> with_baseline(std::string_view file, const std::string& name,
                                         const std::vector<MeasuredRun>& runs,
                                         std::string_view plan_json, std::string& error) {
  auto json = parse(file, error);
  if (!json) return std::nullopt;
  if (nests_too_deep(plan_json)) {
    error = fmt::format("the plan of {} nests deeper than any does", runs.front().name);
    return std::nullopt;
  }
  Json baseline = {{"plan", Json::parse(plan_json, nullptr, false)}, {"runs", Json::array()}};
  bool has_figures = false;
  for (const MeasuredRun& run : runs) {
    if (const std::string why = reporting::unlike(runs.front().plan, run.plan, {}); !why.empty()) {
      error = fmt::format("{} and {} are not alike: {}", runs.front().name, run.name, why);
      return std::nullopt;
    }
    Json steps = steps_of(run);
    has_figures = has_figures || std::any_of(steps.begin(), steps.end(), [](const Json& step) {
                    return !step["samples"].empty();
                  });
    Json kept = {{"name", run.name}, {"steps", std::move(steps)}};
    if (!run.sdk.empty()) kept["sdk"] = run.sdk;
    baseline["runs"].push_back(std::move(kept));
  }
  if (!has_figures) {
    error = fmt::format("{} printed no figure", runs.front().name);
    return std::nullopt;
  }
  (*json)["baselines"][name] = std::move(baseline);
  return text_of(*json);
}

std::optional<std::string> without_baseline(std::string_view file, const std::string& name,
                                            std::string& error) {
  auto json = parse(file, error);
  if (!json) return std::nullopt;
  if ((*json)["baselines"].erase(name) > 0) return text_of(*json);
  error = fmt::format("there is no baseline '{}'", name);
  return std::nullopt;
}

std::optional<std::vector<MeasuredRun>> read_baseline(std::string_view file,
                                                      const std::string& name, std::string& error) {
  const auto json = parse(file, error);
  if (!json || !(*json)["baselines"].contains(name)) return std::nullopt;
  return runs_of((*json)["baselines"][name], error);
}

std::optional<std::string> baselines_text(std::string_view file, std::string& error) {
  const auto json = parse(file, error);
  if (!json) return std::nullopt;
  std::string out;
  for (const auto& [name, baseline] : (*json)["baselines"].items()) {
    const auto runs = runs_of(baseline, error);
    if (!runs) {
      error = fmt::format("{}: {}", name, error);
      return std::nullopt;
    }
    std::vector<std::string> names;
    for (const MeasuredRun& run : *runs) names.push_back(run.name);
    std::vector<std::string> facts;
    for (const auto& [what, value] : about(runs->front().plan))
      if (value) facts.push_back(fmt::format("{} {}", what, *value));
    out += fmt::format("{}: {}\n  {}\n", printable(name), printable(join(facts, ", ")),
                       printable(join(names, ", ")));
    add_figures(*runs, out);
  }
  return out;
}

}  // namespace ipucnn
