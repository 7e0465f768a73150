#include "ipucnn/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/plan_differences.h"
#include "report/ratio.h"

namespace ipucnn {
namespace {

using reporting::Runs;
using reporting::Sides;

/// Null when the run has none of that name.
const MeasuredSeries* series_of(const MeasuredRun& run, std::string_view step,
                                std::string_view metric) {
  for (const MeasuredStep& measured : run.steps)
    for (const MeasuredSeries& series : measured.series)
      if (measured.step == step && series.metric.name == metric) return &series;
  return nullptr;
}

Runs samples_of(const std::vector<MeasuredRun>& side, const std::string& step,
                const MetricPattern& metric) {
  Runs runs;
  for (const MeasuredRun& run : side)
    if (const MeasuredSeries* series = series_of(run, step, metric.name))
      runs.push_back(series->samples);
  return runs;
}

/// Whether a base of nothing but 0 has become more than that, of which no part can be told.
bool rises_from_zero(const Sides& sides) {
  const auto estimate = sides.by_run ? estimate_mean_of_independent : estimate_mean;
  const auto base = interval_of(estimate(sides.base));
  const auto next = interval_of(estimate(sides.next));
  return base && next && base->low == 0 && base->high == 0 && next->low > 0;
}

Verdict verdict_of(const MetricComparison& found, double threshold) {
  if (!found.interval) return Verdict::Inconclusive;
  const double worst = 1 - threshold;
  const double best = 1 + threshold;
  const bool lower = found.interval->high < worst;
  const bool higher = found.interval->low > best;
  if (lower || higher)
    return lower == found.higher_is_better ? Verdict::Regressed : Verdict::Improved;
  return found.interval->low >= worst && found.interval->high <= best ? Verdict::Unchanged
                                                                      : Verdict::Inconclusive;
}

/// Where the unit tells nothing, as of a benchmark's own figures, their name does: what is called
/// none of these is taken for something that is spent.
bool more_is_better(const MetricPattern& metric) {
  if (metric.is_rate()) return true;
  if (metric.is_duration()) return false;
  const std::string text = to_lower(metric.name) + ' ' + to_lower(metric.unit);
  const auto has_any = [&](std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string::npos; });
  };
  return !has_any({"latency", "time", "loss", "error", "perplexity", "seconds"}) &&
         has_any({"throughput", "tput",  "rate",  "fps",   "accuracy",  "/sec",   "per_sec",
                  "per sec",    "speed", "flop",  "util",  "bandwidth", "score",  "top1",
                  "top5",       "top_1", "top_5", "top-1", "top-5",     "recall", "precision",
                  "f1",         "auc",   "bleu",  "mfu",   "iops"});
}

std::size_t block_of(const std::vector<double>& values) {
  const auto dependence = dependence_of(values);
  return dependence ? dependence->block : 1;
}

double independent_n(const std::vector<double>& values) {
  const auto dependence = dependence_of(values);
  return dependence ? dependence->effective_n : static_cast<double>(values.size());
}

MetricComparison compare_metric(const std::string& step, const MetricPattern& metric,
                                const Runs& base_runs, const Runs& next_runs, double threshold) {
  MetricComparison found;
  found.step = step;
  found.metric = metric.name;
  found.unit = metric.unit;
  found.higher_is_better = more_is_better(metric);
  const Sides sides = reporting::sides_of(base_runs, next_runs);
  const auto& [by_run, base, next] = sides;
  found.by_run = by_run;
  found.base = {base.size(), mean_of(base), static_cast<double>(base.size())};
  found.next = {next.size(), mean_of(next), static_cast<double>(next.size())};
  found.ranks = mann_whitney(base, next);
  // Of 0 and 0 it is 1, too.
  if (found.next.mean != found.base.mean) found.ratio = found.next.mean / found.base.mean;
  found.interval = reporting::ratio_interval(sides);
  if (by_run) {
    found.bootstrap = bootstrap_ratio(base, 1, next, 1);
  } else {
    found.base.effective_n = independent_n(base);
    found.next.effective_n = independent_n(next);
    found.bootstrap = bootstrap_ratio(base, block_of(base), next, block_of(next));
  }
  found.verdict = verdict_of(found, threshold);
  if (rises_from_zero(sides))
    found.verdict = found.higher_is_better ? Verdict::Improved : Verdict::Regressed;
  return found;
}

/// Why two figures of a name cannot be compared; empty: they can.
std::string unlike_figures(const MetricPattern& base, const MetricPattern& next) {
  if (base.unit != next.unit) return fmt::format("{} against {}", base.unit, next.unit);
  return base.covers_all == next.covers_all && base.combine == next.combine
             ? ""
             : "it is of one instance on one side and of all on the other";
}

bool asked_for(const CompareInput& in, const std::string& metric) {
  return in.metrics.empty() ||
         std::find(in.metrics.begin(), in.metrics.end(), metric) != in.metrics.end();
}

/// Why two runs cannot be compared for what they were started in; empty: they can.
std::string other_sdk(const MeasuredRun& base, const MeasuredRun& next,
                      const std::set<std::string>& across) {
  if (base.sdk == next.sdk || base.sdk.empty() || next.sdk.empty() || across.count("sdk") != 0)
    return "";
  return fmt::format("the SDK differs: {} and {}; --across sdk allows it", base.sdk, next.sdk);
}

bool all_alike(const CompareInput& in, std::string& error) {
  const JobPlan& first = in.base.front().plan;
  for (const auto* side : {&in.base, &in.next})
    for (const MeasuredRun& run : *side) {
      // Runs of one side are alike in everything.
      const JobPlan& other =
          side == &in.next && &run != &in.next.front() ? in.next.front().plan : first;
      const bool across = side == &in.next && &run == &in.next.front();
      const std::set<std::string> allowed = across ? in.across : std::set<std::string>();
      const MeasuredRun& held_to = &other == &first ? in.base.front() : in.next.front();
      error = reporting::unlike(other, run.plan, allowed);
      if (error.empty()) error = other_sdk(held_to, run, allowed);
      if (error.empty()) continue;
      error = fmt::format("{} and {} are not alike: {}", held_to.name, run.name, error);
      return false;
    }
  return true;
}

/// Of a side, by step and name, each once.
std::vector<std::pair<std::string, const MetricPattern*>> figures_of(
    const std::vector<MeasuredRun>& side, const CompareInput& in) {
  std::vector<std::pair<std::string, const MetricPattern*>> figures;
  for (const MeasuredRun& run : side)
    for (const MeasuredStep& measured : run.steps)
      for (const MeasuredSeries& series : measured.series) {
        const MetricPattern& metric = series.metric;
        if (!metric.is_state() && asked_for(in, metric.name) &&
            std::none_of(figures.begin(), figures.end(), [&](const auto& known) {
              return known.first == measured.step && known.second->name == metric.name;
            }))
          figures.emplace_back(measured.step, &metric);
      }
  return figures;
}

void compare_figures(const CompareInput& in, Comparison& all) {
  const auto base = figures_of(in.base, in);
  const auto next = figures_of(in.next, in);
  const auto in_side = [](const auto& side, const auto& figure) -> const MetricPattern* {
    for (const auto& [step, metric] : side)
      if (step == figure.first && metric->name == figure.second->name) return metric;
    return nullptr;
  };
  for (const auto& figure : base) {
    const auto& [step, metric] = figure;
    const MetricPattern* other = in_side(next, figure);
    const std::string why = other == nullptr ? "only in base" : unlike_figures(*metric, *other);
    if (!why.empty()) {
      all.left_out.push_back({step, metric->name, why, other == nullptr});
      continue;
    }
    const Runs before = samples_of(in.base, step, *metric);
    const Runs after = samples_of(in.next, step, *metric);
    all.metrics.push_back(compare_metric(step, *metric, before, after, in.threshold));
    if (after.size() < in.next.size())
      all.left_out.push_back(
          {step, metric->name,
           fmt::format("printed by {} of {} new runs", after.size(), in.next.size()), true});
  }
  for (const auto& figure : next)
    if (in_side(base, figure) == nullptr)
      all.left_out.push_back({figure.first, figure.second->name, "only in new"});
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  constexpr std::string_view kNames[] = {"improved", "regressed", "unchanged", "inconclusive"};
  return kNames[static_cast<std::size_t>(verdict)];
}

bool Comparison::regressed() const {
  return std::any_of(metrics.begin(), metrics.end(), [](const MetricComparison& metric) {
    return metric.verdict == Verdict::Regressed;
  });
}

MeasuredRun measured_run(const KeptRun& run, const std::vector<StepReport>& steps) {
  MeasuredRun measured{run.name, run.plan, {}};
  std::string error;  // a run without a record was started in nothing that is known
  if (const auto record = read_run_record(run.folder, error))
    for (const auto& [name, version] : record->context.versions)
      if (name == "poplar") measured.sdk = version;
  for (const StepReport& report : steps) {
    MeasuredStep& step = measured.steps.emplace_back(MeasuredStep{report.step});
    for (std::size_t i = 0; i < report.measured.metrics().size(); ++i) {
      const MetricPattern& metric = report.measured.metrics()[i];
      Summary summary = summarize(metric, report.measured.series(i));
      if (!summary.samples.empty()) step.series.push_back({metric, std::move(summary.samples)});
    }
  }
  return measured;
}

std::optional<Comparison> compare(const CompareInput& in, std::string& error) {
  if (!all_alike(in, error)) return std::nullopt;
  Comparison all;
  all.threshold = in.threshold;
  for (const MeasuredRun& run : in.base) all.base.push_back(run.name);
  for (const MeasuredRun& run : in.next) all.next.push_back(run.name);
  all.differences = reporting::differences_of(in.base.front().plan, in.next.front().plan);
  if (in.base.front().sdk != in.next.front().sdk)
    all.differences.insert(all.differences.begin(),
                           {"", "SDK", in.base.front().sdk, in.next.front().sdk});
  compare_figures(in, all);
  if (!all.metrics.empty()) return all;
  error = in.metrics.empty() ? "no rate and no duration was printed on both sides"
                             : fmt::format("no rate or duration '{}' was printed on both sides",
                                           in.metrics.front());
  for (const NotCompared& one : all.left_out)
    error += fmt::format("; {} {}: {}", one.step, one.metric, one.why);
  return std::nullopt;
}

}  // namespace ipucnn
