#include <fmt/format.h>

#include "ipucnn/report.h"

namespace ipucnn {
namespace {

const Step* find_step(const JobPlan& plan, const std::string& name) {
  for (const Step& step : plan.steps)
    if (step.name == name) return &step;
  return nullptr;
}

bool read_stream(const std::string& path, Stream stream, Measurement& measured,
                 std::string& error) {
  LineReader reader(stream);
  const LineSink sink = [&](const LogLine& line) { measured.line(line); };
  const bool read = read_log(
      path, [&](std::string_view piece) { reader.feed(piece, sink); }, error);
  reader.finish(sink);
  return read;
}

}  // namespace

std::optional<std::vector<StepReport>> report_of(const KeptRun& run, std::string& error) {
  std::vector<StepReport> steps;
  for (const KeptTry& kept : run.tries) {
    if (!steps.empty() && steps.back().step == kept.step) steps.pop_back();  // an earlier try
    const Step* step = find_step(run.plan, kept.step);
    StepReport report{run.name,   kept.step,      kept.number,
                      kept.state, run.plan.label, Measurement(step->metrics, step->proof)};
    if (!read_stream(kept.folder + "/stdout.log", Stream::Out, report.measured, error) ||
        !read_stream(kept.folder + "/stderr.log", Stream::Err, report.measured, error))
      return std::nullopt;
    steps.push_back(std::move(report));
  }
  return steps;
}

std::string report_text(const std::vector<StepReport>& steps) {
  std::string text;
  for (const StepReport& step : steps) {
    if (&step == steps.data()) text += fmt::format("run {}\n", step.run);
    text +=
        fmt::format("{}: {}", step.step, step.state.empty() ? "no end is recorded" : step.state);
    if (step.number > 1) text += fmt::format(", at try {}", step.number);
    text += "\n" + report_text(step.measured, step.label);
  }
  return text;
}

}  // namespace ipucnn
