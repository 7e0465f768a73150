#include <nlohmann/json.hpp>

#include "base/json_value.h"
#include "ipucnn/report.h"
#include "report/format.h"
#include "report/scaling.h"
#include "report/witness.h"

namespace ipucnn {
namespace {

using Json = nlohmann::ordered_json;

Json doubts_json(const std::vector<Doubt>& doubts) {
  Json all = Json::array();
  for (const Doubt& doubt : doubts)
    all.push_back({{"name", doubt.name}, {"says", doubt.says}, {"remedy", doubt.remedy}});
  return all;
}

/// Of a checkpoint: its value, and what its line says of which one it is.
Json checkpoint_json(const Measurement& measured, std::size_t metric,
                     const std::optional<Summary::Checkpoint>& checkpoint) {
  if (!checkpoint) return nullptr;
  return {{"value", checkpoint->value},
          {"index", checkpoint->index},
          {"at", or_null(measured.at(metric, checkpoint->index))}};
}

Json checkpoints_json(const Measurement& measured, std::size_t metric) {
  Json rows = Json::array();
  for (const reporting::CheckpointRow& row : reporting::checkpoint_rows(measured, metric))
    rows.push_back({{"at", or_null(row.at)}, {"value", row.value}, {"best", row.best}});
  return rows;
}

Json metric_json(const StepReport& step, std::size_t index, bool old_tool) {
  const MetricPattern& metric = step.measured.metrics()[index];
  const Series series = step.measured.series(index);
  const Summary summary = summarize(metric, series);
  Json discarded = Json::array();
  for (const Discarded& value : summary.discarded)
    discarded.push_back({{"instance", value.instance}, {"index", value.index}, {"why", value.why}});
  Json instances = Json::object();
  for (const auto& [instance, values] : series.per_instance)
    instances[std::to_string(instance)] = values;
  const auto& interval = summary.interval;
  const auto& dependence = summary.dependence;
  Json json = {{"name", metric.name},
               {"unit", metric.unit},
               {"n", summary.n},
               {"mean", or_null(summary.mean)},
               {"median", or_null(summary.median)},
               {"min", or_null(summary.min)},
               {"max", or_null(summary.max)},
               {"last", checkpoint_json(step.measured, index, summary.last)},
               {"best", checkpoint_json(step.measured, index, summary.best)},
               {"stddev", or_null(summary.stddev)},
               {"interval", interval ? Json{interval->low, interval->high} : Json(nullptr)},
               {"correlation", dependence ? Json(dependence->correlation) : Json(nullptr)},
               {"effective_n", dependence ? Json(dependence->effective_n) : Json(nullptr)},
               {"over_time", or_null(summary.over_time)},
               {"unreadable", series.unreadable},
               {"nobodys", series.nobodys},
               {"discarded", std::move(discarded)},
               {"per_instance", std::move(instances)},
               {"checkpoints", checkpoints_json(step.measured, index)},
               {"doubts", doubts_json(doubts_of(metric, series, summary, step.expected))}};
  if (old_tool)
    json["as_examples_utils"] = or_null(reporting::as_examples_utils(metric, series, step.command));
  return json;
}

/// The csv files that were held to the log.
Json csv_json(const std::vector<CsvWitness>& files) {
  Json all = Json::array();
  for (const CsvWitness& file : files)
    all.push_back({{"path", file.path},
                   {"rows", file.rows},
                   {"earlier", file.earlier},
                   {"figures", file.figures},
                   {"agree", file.agree},
                   {"metrics", file.metrics}});
  return all;
}

Json scaling_json(const reporting::Scaling& scaling) {
  Json rows = Json::array();
  for (const reporting::ScalingRow& row : scaling.rows)
    rows.push_back(
        {{"target", row.target},
         {"preset", row.preset.empty() ? Json(nullptr) : Json(row.preset)},
         {"ipus", row.ipus},
         {"global_batch", or_null(row.global_batch)},
         {"runs", row.runs},
         {"mean", row.mean},
         {"per_ipu", row.per_ipu},
         {"efficiency", row.efficiency},
         {"interval", row.interval ? Json{row.interval->low, row.interval->high} : Json(nullptr)}});
  return {{"application", scaling.application}, {"step", scaling.step},
          {"metric", scaling.metric},           {"unit", scaling.unit},
          {"label", or_null(scaling.label)},    {"rows", std::move(rows)}};
}

}  // namespace

std::string report_json(const std::vector<StepReport>& steps, const ReportFormat& format) {
  Json runs = Json::array();
  for (const StepReport& step : steps) {
    Json metrics = Json::array();
    for (std::size_t i = 0; i < step.measured.metrics().size(); ++i)
      if (!step.measured.is_hidden(i)) metrics.push_back(metric_json(step, i, format.old_tool));
    runs.push_back({{"run", step.run},
                    {"step", step.step},
                    {"try", step.number},
                    {"state", step.state.empty() ? Json(nullptr) : Json(step.state)},
                    {"label", or_null(step.label)},
                    {"nobodys_bytes", step.lines.nobodys_bytes()},
                    {"doubts", doubts_json(doubts_of_step(step))},
                    {"csv", csv_json(step.csv)},
                    {"metrics", std::move(metrics)}});
  }
  Json scaling = Json::array();
  for (const reporting::Scaling& one : reporting::scalings_of(steps))
    scaling.push_back(scaling_json(one));
  const Json json = {
      {"schema", "ipucnn.report/1"}, {"runs", std::move(runs)}, {"scaling", std::move(scaling)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ipucnn
