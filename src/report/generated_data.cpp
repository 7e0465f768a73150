// A training that waits for its data: held against the same on generated data.
#include "ipucnn/report.h"
#include "report/ratio.h"

namespace ipucnn {
namespace {

using reporting::Runs;

/// Whether the two are the same job, but for where the data come from.
bool are_alike(const StepReport& a, const StepReport& b) {
  return a.application == b.application && a.step == b.step && a.preset == b.preset &&
         a.target == b.target && a.geometry == b.geometry && a.label == b.label;
}

Runs samples_of(const std::vector<const StepReport*>& steps, const std::string& metric) {
  Runs runs;
  for (const StepReport* step : steps) {
    const auto index = step->measured.find(metric);
    if (!index) continue;
    Summary summary = summarize(step->measured.metrics()[*index], step->measured.series(*index));
    if (!summary.samples.empty()) runs.push_back(std::move(summary.samples));
  }
  return runs;
}

}  // namespace

void hold_against_generated_data(std::vector<StepReport>& steps) {
  for (StepReport& step : steps) {
    if (step.application.empty() || !step.reads_data) continue;
    std::vector<const StepReport*> generated;
    for (const StepReport& other : steps)
      if (!other.reads_data && are_alike(step, other)) generated.push_back(&other);
    if (generated.empty()) continue;
    for (const MetricPattern& metric : step.measured.metrics()) {
      if (!metric.is_rate()) continue;
      const Runs ours = samples_of({&step}, metric.name);
      const Runs theirs = samples_of(generated, metric.name);
      if (ours.empty() || theirs.empty()) continue;
      const auto ratio = reporting::ratio_interval(reporting::sides_of(ours, theirs));
      if (ratio) step.expected.on_generated_data.emplace_back(metric.name, *ratio);
    }
  }
}

}  // namespace ipucnn
