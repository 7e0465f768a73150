#include "run/headline.h"

#include <optional>
#include <utility>

namespace ipucnn::running {
namespace {

std::optional<HeadlineFigure> headline_figure(const Step& step, const StepResult& ended) {
  for (const LongFigure& known : ended.long_figures)
    if (known.metric == step.proof.what)
      return HeadlineFigure{step.name, known.metric, known.unit, known.n, known.mean};
  const Measurement& measured = ended.measured;
  const auto metric =
      step.proof.kind == ProofPattern::Kind::Metric ? measured.find(step.proof.what) : std::nullopt;
  if (!metric) return std::nullopt;
  const MetricPattern& pattern = measured.metrics()[*metric];
  const Summary summary = summarize(pattern, measured.series(*metric));
  HeadlineFigure figure{step.name, pattern.name, pattern.unit, summary.n, summary.mean};
  if (summary.last) figure.last = summary.last->value;
  if (summary.best) figure.best = summary.best->value;
  return figure;
}

}  // namespace

void keep_headline(const Step& step, const StepResult& ended,
                   std::vector<HeadlineFigure>& figures) {
  std::erase_if(figures, [&](const HeadlineFigure& earlier) { return earlier.step == step.name; });
  if (auto figure = headline_figure(step, ended)) figures.push_back(*std::move(figure));
}

}  // namespace ipucnn::running
