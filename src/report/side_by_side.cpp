// Several runs in one picture.
#include "report/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text.h"
#include "ipucnn/pictures.h"

namespace ipucnn::reporting {
namespace {

/// A metric as several steps print it.
struct Shared {
  std::string name;
  std::string unit;
  std::vector<Curve> curves{};
};

/// The samples that count, in their order: of all instances together, as the figures are.
Curve curve_of(const std::string& name, const Summary& summary) {
  Curve curve{name, {}};
  for (const double value : summary.samples)
    curve.dots.push_back({static_cast<double>(curve.dots.size() + 1), value});
  return curve;
}

/// What tells a step from the others: its run, and itself where a run has several.
std::string name_of(const StepReport& step, const std::vector<StepReport>& steps) {
  const auto of_run = std::count_if(steps.begin(), steps.end(),
                                    [&](const StepReport& other) { return other.run == step.run; });
  return of_run > 1 ? step.run + " " + step.step : step.run;
}

std::vector<Shared> shared_by(const std::vector<StepReport>& steps) {
  std::vector<Shared> all;
  for (const StepReport& step : steps) {
    for (std::size_t i = 0; i < step.measured.metrics().size(); ++i) {
      const MetricPattern& metric = step.measured.metrics()[i];
      const Summary summary = summarize(metric, step.measured.series(i));
      if (summary.n < 2) continue;
      auto known = std::find_if(all.begin(), all.end(), [&](const Shared& one) {
        return one.name == metric.name && one.unit == metric.unit;
      });
      if (known == all.end()) known = all.insert(all.end(), {metric.name, metric.unit});
      known->curves.push_back(curve_of(name_of(step, steps), summary));
    }
  }
  std::erase_if(all, [](const Shared& one) { return one.curves.size() < 2; });
  return all;
}

/// Whether there is nothing to see, as of a count that all runs go through.
bool are_equal(const std::vector<Curve>& curves) {
  const auto same = [](const Dot& a, const Dot& b) { return a.y == b.y; };
  return std::all_of(curves.begin(), curves.end(), [&](const Curve& curve) {
    return std::equal(curve.dots.begin(), curve.dots.end(), curves.front().dots.begin(),
                      curves.front().dots.end(), same);
  });
}

}  // namespace

std::string side_by_side_html(const std::vector<StepReport>& steps) {
  std::string text;
  std::vector<std::string> same;
  for (Shared& one : shared_by(steps)) {
    if (are_equal(one.curves)) {
      same.push_back(one.name);
      continue;
    }
    Picture picture;
    picture.title = one.name + " by run";
    picture.x_label = "value that counts, in the order of printing";
    picture.y_label = one.name + (one.unit == "1" ? "" : ", " + one.unit);
    picture.curves = std::move(one.curves);
    text += fmt::format("<div>\n<h3>{}</h3>\n{}</div>\n", markup_text(one.name),
                        curves_figure(picture));
  }
  if (text.empty()) return "";
  if (!same.empty())
    text += fmt::format("<p class=\"note\">the same in each run: {}</p>\n",
                        markup_text(join(same, ", ")));
  return "<section>\n<h2>side by side</h2>\n<div class=\"metrics\">\n" + text +
         "</div>\n</section>\n";
}

}  // namespace ipucnn::reporting
