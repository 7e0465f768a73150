#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/record.h"
#include "ipucnn/report.h"
#include "ipucnn/statistics.h"

namespace ipucnn {

/// The values of a metric that count, in time order.
struct MeasuredSeries {
  MetricPattern metric;
  std::vector<double> samples;
};
struct MeasuredStep {
  std::string step;
  std::vector<MeasuredSeries> series{};  ///< those that have a value
};
/// A run as it is compared: its plan, and what was measured of its steps.
struct MeasuredRun {
  std::string name;  ///< of its folder
  JobPlan plan;
  std::vector<MeasuredStep> steps;
  std::string sdk{};  ///< that it was started in; empty: not known
};
MeasuredRun measured_run(const KeptRun& run, const std::vector<StepReport>& steps);

/// What may differ between two sides on request, as --across names it.
inline constexpr std::string_view kAcross[] = {"sdk", "release", "preset", "target", "batch"};

struct CompareInput {
  std::vector<MeasuredRun> base, next;  ///< each at least one
  std::vector<std::string> metrics{};   ///< only these; empty: all rates and durations
  double threshold = 0.02;              ///< part of the base that a change has to pass
  std::set<std::string> across{};       ///< of kAcross
};

enum class Verdict : std::uint8_t { Improved, Regressed, Unchanged, Inconclusive };
std::string_view verdict_name(Verdict verdict);

/// One side of a metric.
struct ComparedSide {
  std::size_t n = 0;  ///< runs, or samples
  double mean = 0;
  double effective_n = 0;  ///< so many independent ones would tell as much
};

struct MetricComparison {
  std::string step, metric, unit;
  bool higher_is_better = true;
  bool by_run = false;  ///< the unit is the run: 3 or more on each side; else the sample
  ComparedSide base, next;
  double ratio = 1;                     ///< next over base
  std::optional<Interval> interval{};   ///< of the ratio, 95 %; absent: too few to tell
  std::optional<Interval> bootstrap{};  ///< the same by resampling, in blocks
  RankTest ranks{};                     ///< takes values for independent
  Verdict verdict = Verdict::Inconclusive;
};

/// A rate or duration that is not compared.
struct NotCompared {
  std::string step, metric;
  std::string why;        ///< "only in base", "img/s against tokens/s"
  bool vanished = false;  ///< the new side no longer prints it
};

/// A setting, figure or name that is not the same on both sides; empty: it is not there.
struct PlanDifference {
  std::string step;  ///< empty: of the whole plan
  std::string what;
  std::string base, next;
};

struct Comparison {
  std::vector<std::string> base, next;  ///< names of runs
  double threshold = 0;
  std::vector<PlanDifference> differences;  ///< of the first run of each side
  std::vector<MetricComparison> metrics;
  std::vector<NotCompared> left_out{};

  bool regressed() const;
};

/// Improved or regressed is only what the interval of the ratio proves: all of it lies beyond the
/// threshold; unchanged, what lies within on both sides. Absent, with the reason, where the sides
/// are not alike, or nothing can be compared.
std::optional<Comparison> compare(const CompareInput& in, std::string& error);

/// In one format: text, json, junit, github, markdown; empty for another.
std::string comparison_text(const Comparison& comparison, std::string_view format);

}  // namespace ipucnn
