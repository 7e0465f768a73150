#include <nlohmann/json.hpp>

#include "ipucnn/report.h"

namespace ipucnn {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

/// Of a checkpoint: its value, and what its line says of which one it is.
Json checkpoint_json(const Measurement& measured, std::size_t metric,
                     const std::optional<Summary::Checkpoint>& checkpoint) {
  if (!checkpoint) return nullptr;
  return {{"value", checkpoint->value},
          {"index", checkpoint->index},
          {"at", or_null(measured.at(metric, checkpoint->index))}};
}

Json metric_json(const Measurement& measured, std::size_t index) {
  const MetricPattern& metric = measured.metrics()[index];
  const Series series = measured.series(index);
  const Summary summary = summarize(metric, series);
  Json discarded = Json::array();
  for (const Discarded& value : summary.discarded)
    discarded.push_back({{"instance", value.instance}, {"index", value.index}, {"why", value.why}});
  Json instances = Json::object();
  for (const auto& [instance, values] : series.per_instance)
    instances[std::to_string(instance)] = values;
  return {{"name", metric.name},
          {"unit", metric.unit},
          {"n", summary.n},
          {"mean", or_null(summary.mean)},
          {"median", or_null(summary.median)},
          {"min", or_null(summary.min)},
          {"max", or_null(summary.max)},
          {"stddev", or_null(summary.stddev)},
          {"interval", nullptr},
          {"last", checkpoint_json(measured, index, summary.last)},
          {"best", checkpoint_json(measured, index, summary.best)},
          {"unreadable", series.unreadable},
          {"discarded", std::move(discarded)},
          {"per_instance", std::move(instances)},
          {"doubts", Json::array()}};
}

}  // namespace

std::string report_json(const std::vector<StepReport>& steps) {
  Json runs = Json::array();
  for (const StepReport& step : steps) {
    Json metrics = Json::array();
    for (std::size_t i = 0; i < step.measured.metrics().size(); ++i)
      metrics.push_back(metric_json(step.measured, i));
    runs.push_back({{"run", step.run},
                    {"step", step.step},
                    {"try", step.number},
                    {"state", step.state.empty() ? Json(nullptr) : Json(step.state)},
                    {"label", step.label ? Json(*step.label) : Json(nullptr)},
                    {"metrics", std::move(metrics)}});
  }
  const Json json = {{"schema", "ipucnn.report/1"}, {"runs", std::move(runs)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ipucnn
