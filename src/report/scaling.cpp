#include "report/scaling.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "report/ratio.h"

namespace ipucnn::reporting {
namespace {

/// What runs of one row have in common, in the order of the rows.
using Size = std::tuple<std::int64_t, std::string, std::optional<std::int64_t>, std::string>;

struct Group {
  Scaling scaling;
  std::map<Size, Runs> sizes;
};

Group& group_of(const StepReport& step, const MetricPattern& metric, std::vector<Group>& groups) {
  for (Group& group : groups)
    if (group.scaling.application == step.application && group.scaling.step == step.step &&
        group.scaling.metric == metric.name && group.scaling.unit == metric.unit)
      return group;
  Group& added = groups.emplace_back();
  added.scaling = {step.application, step.step, metric.name, metric.unit};
  return added;
}

void collect(const StepReport& step, std::vector<Group>& groups) {
  if (!step.geometry.ipus || step.application.empty()) return;
  for (std::size_t i = 0; i < step.measured.metrics().size(); ++i) {
    const MetricPattern& metric = step.measured.metrics()[i];
    if (!metric.is_rate()) continue;
    Summary summary = summarize(metric, step.measured.series(i));
    if (summary.samples.empty()) continue;
    Group& group = group_of(step, metric, groups);
    if (step.label) group.scaling.label = step.label;
    group.sizes[{*step.geometry.ipus, step.target, step.geometry.global_batch, step.preset}]
        .push_back(std::move(summary.samples));
  }
}

ScalingRow row_of(const Size& size, const Runs& runs, const Size& first, const Runs& first_runs) {
  const auto& [ipus, target, global_batch, preset] = size;
  ScalingRow row{target, preset, ipus, global_batch, runs.size()};
  const Sides sides = sides_of(first_runs, runs);
  const double share = static_cast<double>(std::get<0>(first)) / static_cast<double>(ipus);
  row.mean = mean_of(sides.next);
  row.per_ipu = row.mean / static_cast<double>(ipus);
  if (size == first) return row;
  row.efficiency = share * row.mean / mean_of(sides.base);
  if (const auto ratio = ratio_interval(sides))
    row.interval = Interval{share * ratio->low, share * ratio->high};
  return row;
}

bool is_of_one_size(const Group& group) {
  return std::get<0>(group.sizes.begin()->first) == std::get<0>(group.sizes.rbegin()->first);
}

}  // namespace

std::vector<Scaling> scalings_of(const std::vector<StepReport>& steps) {
  const auto other_size = [&](const StepReport& step) {
    return step.geometry.ipus != steps.front().geometry.ipus;
  };
  if (std::none_of(steps.begin(), steps.end(), other_size)) return {};
  std::vector<Group> groups;
  for (const StepReport& step : steps) collect(step, groups);
  std::vector<Scaling> all;
  for (Group& group : groups) {
    if (is_of_one_size(group)) continue;
    const auto& [first, first_runs] = *group.sizes.begin();
    for (const auto& [size, runs] : group.sizes) {
      group.scaling.rows.push_back(row_of(size, runs, first, first_runs));
      if (std::get<3>(size) != std::get<3>(first)) group.scaling.several_presets = true;
    }
    all.push_back(std::move(group.scaling));
  }
  return all;
}

}  // namespace ipucnn::reporting
