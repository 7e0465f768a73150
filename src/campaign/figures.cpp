// What the starts of a case come to, figure by figure.
#include <fmt/format.h>

#include <algorithm>

#include "base/arithmetic.h"
#include "base/text.h"
#include "campaign/parts.h"

namespace ipucnn::campaigning {
namespace {

/// A figure of one start.
struct StartFigure {
  std::size_t n = 0;
  double value = 0;
  std::optional<Interval> interval{};
  bool is_mean = false;
};

/// Starts that are told apart by nothing but chance: with fewer, none tells how much they differ.
constexpr std::size_t kEnoughStarts = 3;

std::string_view name_of(Reduction reduction) {
  constexpr std::string_view kNames[] = {"mean", "last", "lowest", "first"};
  return kNames[static_cast<std::size_t>(reduction)];
}

/// Values that stand for a checkpoint each, and how far a run came, have no mean.
Reduction usual_reduction(const MetricPattern& metric) {
  return metric.is_of_checkpoints() || metric.is_state() ? Reduction::Final : Reduction::Mean;
}

std::optional<StartFigure> one_start(const MetricPattern& metric, const Series& series,
                                     Reduction reduction) {
  MetricPattern as_asked = metric;
  if (reduction == Reduction::Mean) {
    as_asked.better.clear();
    if (as_asked.is_state()) as_asked.unit.clear();
  }
  const Summary summary = summarize(as_asked, series);
  if (summary.samples.empty()) return std::nullopt;
  switch (reduction) {
    case Reduction::Mean:
      return StartFigure{summary.n, *summary.mean, summary.interval, true};
    case Reduction::Final:
      return StartFigure{summary.n, summary.samples.back()};
    case Reduction::Min:
      return StartFigure{summary.n, *summary.min};
    case Reduction::Value:
      break;
  }
  return StartFigure{summary.n, summary.samples.front()};
}

/// One start tells by its samples, several by the starts.
void combine(const std::vector<StartFigure>& starts, FigureResult& figure) {
  if (starts.empty()) return;
  if (starts.size() == 1) {
    figure.n = starts.front().n;
    figure.value = starts.front().value;
    figure.interval = starts.front().interval;
    return;
  }
  std::vector<double> values;
  for (const StartFigure& start : starts) values.push_back(start.value);
  const MeanEstimate estimate = estimate_mean_of_independent(values);
  figure.n = values.size();
  figure.by_run = true;
  figure.value = estimate.mean;
  if (values.size() >= kEnoughStarts) figure.interval = interval_of(estimate);
}

/// Proven by the interval where there is one. A mean without one proves nothing; any other figure
/// is as it was printed.
Fulfilment fulfilment_of(const Expectation& bound, const FigureResult& figure, bool is_mean) {
  if (!figure.value) return Fulfilment::Missed;
  const bool open = !figure.interval && (is_mean || figure.by_run);
  const Interval known = figure.interval.value_or(Interval{*figure.value, *figure.value});
  Fulfilment result = Fulfilment::Met;
  const auto take = [&](bool met, bool missed) {
    if (missed && !open)
      result = Fulfilment::Missed;
    else if ((!met || open) && result == Fulfilment::Met)
      result = Fulfilment::Inconclusive;
  };
  const auto slack = [&](double limit) { return bound.within * (limit < 0 ? -limit : limit); };
  if (const auto& least = bound.at_least)
    take(known.low >= *least - slack(*least), known.high < *least - slack(*least));
  if (const auto& most = bound.at_most)
    take(known.high <= *most + slack(*most), known.low > *most + slack(*most));
  return result;
}

std::string bound_text(const Expectation& bound) {
  std::string text;
  if (bound.at_least) text += fmt::format("at least {}", *bound.at_least);
  if (bound.at_most) text += fmt::format("{}at most {}", text.empty() ? "" : ", ", *bound.at_most);
  if (bound.within > 0) text += fmt::format(", within {} %", 100 * bound.within);
  return text;
}

class CaseFigures {
 public:
  CaseFigures(const CaseWork& one, const std::vector<std::vector<StepReport>>& starts)
      : case_(one), starts_(starts) {}

  std::vector<FigureResult> run() {
    for (const BenchmarkMetric& figure : case_.figures) {
      FigureResult& found = add(step_that_has(figure.name), figure.name, figure.reduction);
      if (!found.value && !starts_.empty()) found.missing = why_missing(found);
    }
    if (case_.figures.empty()) add_usual();
    for (const BenchmarkDerived& derived : case_.derived) add_derived(derived);
    for (const Expectation& bound : case_.expectations) judge(bound);
    return std::move(all_);
  }

 private:
  std::string why_missing(const FigureResult& figure) const {
    std::size_t printed = 0;
    for (const std::vector<StepReport>& start : starts_)
      for (const StepReport& step : start)
        if (const auto index = step.measured.find(figure.metric); index && figure.step == step.step)
          for (const auto& [instance, values] : step.measured.series(*index).per_instance)
            printed += values.size();
    return fmt::format("{} gave no number: {}", figure.metric,
                       printed == 0 ? "none was printed in its place"
                                    : counted(static_cast<std::int64_t>(printed), "value") +
                                          " printed, and none counts");
  }

  /// The rates, accuracies and their like that were printed.
  void add_usual() {
    for (const std::vector<StepReport>& start : starts_)
      for (const StepReport& step : start)
        for (std::size_t i = 0; i < step.measured.metrics().size(); ++i) {
          const MetricPattern& metric = step.measured.metrics()[i];
          const bool shown = metric.is_rate() || metric.is_of_checkpoints();
          if (!shown || step.measured.series(i).per_instance.empty() ||
              find(step.step, metric.name) != nullptr)
            continue;
          add(step.step, metric.name, usual_reduction(metric));
        }
  }

  /// The last step of the plan with the metric, which in a training with a validation behind it is
  /// the validation; empty when none has it.
  std::string step_that_has(const std::string& metric) const {
    std::string found;
    for (const std::vector<StepReport>& start : starts_)
      for (const StepReport& step : start)
        if (const auto index = step.measured.find(metric);
            index && !step.measured.series(*index).per_instance.empty())
          found = step.step;
    return found;
  }

  FigureResult& add(const std::string& step, const std::string& metric, Reduction reduction) {
    FigureResult figure;
    figure.step = step;
    figure.metric = metric;
    figure.what = name_of(reduction);
    std::vector<StartFigure> values;
    for (const std::vector<StepReport>& start : starts_)
      for (const StepReport& report : start) {
        const auto index = report.measured.find(metric);
        if (report.step != step || !index) continue;
        figure.unit = report.measured.metrics()[*index].unit;
        const auto value =
            one_start(report.measured.metrics()[*index], report.measured.series(*index), reduction);
        if (value) values.push_back(*value);
      }
    combine(values, figure);
    means_.push_back(reduction == Reduction::Mean);
    return all_.emplace_back(std::move(figure));
  }

  void add_derived(const BenchmarkDerived& derived) {
    FigureResult figure;
    figure.metric = derived.name;
    figure.what = "derived";
    ArithmeticFault unsaid;
    const auto arithmetic = Arithmetic::parse(derived.expression, unsaid);
    if (arithmetic)
      figure.value = arithmetic->value([&](std::string_view name) { return value_of(name); });
    figure.n = figure.value ? 1 : 0;
    means_.push_back(false);
    all_.push_back(std::move(figure));
  }

  std::optional<double> value_of(std::string_view name) const {
    for (const FigureResult& figure : all_)
      if (figure.metric == name) return figure.value;
    for (const auto& [parameter, text] : case_.parameters) {
      if (parameter != name) continue;
      ArithmeticFault unsaid;
      const auto number = Arithmetic::parse(text, unsaid);
      return number ? number->value([](std::string_view) { return std::optional<double>(); })
                    : std::nullopt;
    }
    return std::nullopt;
  }

  void judge(const Expectation& bound) {
    FigureResult* figure = nullptr;
    for (FigureResult& known : all_)
      if (known.metric == bound.metric) figure = &known;
    if (figure == nullptr) figure = &add_expected(bound.metric);
    const auto index = static_cast<std::size_t>(figure - all_.data());
    figure->fulfilment =
        starts_.empty() ? Fulfilment::None : fulfilment_of(bound, *figure, means_[index]);
    figure->expected = bound_text(bound);
  }

  /// A figure that is shown only because it is expected.
  FigureResult& add_expected(const std::string& metric) {
    const std::string step = step_that_has(metric);
    Reduction reduction = Reduction::Mean;
    for (const std::vector<StepReport>& start : starts_)
      for (const StepReport& report : start)
        if (const auto index = report.measured.find(metric); index && report.step == step)
          reduction = usual_reduction(report.measured.metrics()[*index]);
    return add(step, metric, reduction);
  }

  const FigureResult* find(std::string_view step, std::string_view metric) const {
    for (const FigureResult& figure : all_)
      if (figure.step == step && figure.metric == metric) return &figure;
    return nullptr;
  }

  const CaseWork& case_;
  const std::vector<std::vector<StepReport>>& starts_;
  std::vector<FigureResult> all_;
  std::vector<bool> means_;  ///< whether each is a mean of samples
};

}  // namespace

std::vector<FigureResult> figures_of(const CaseWork& one,
                                     const std::vector<std::vector<StepReport>>& starts) {
  return CaseFigures(one, starts).run();
}

}  // namespace ipucnn::campaigning
