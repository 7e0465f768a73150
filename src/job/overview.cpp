#include "ipucnn/overview.h"

#include <fmt/format.h>

namespace ipucnn {
namespace {

OnTarget on_target(const JobRequest& request, const JobInputs& inputs) {
  const Job job = resolve_job(request, inputs.descriptors, inputs.around, Occasion::Files);
  OnTarget on{request.target->text, {}, {}};
  const Diagnostics findings = job.all_findings();
  for (const Diagnostic& d : findings.all())
    if (d.severity == Severity::Error)
      on.faults.push_back({std::string(finding_info(d.id).id), d.message});
  if (const JobPoint* point = job.first()) on.geometry = point->first().geometry;
  return on;
}

}  // namespace

std::vector<PresetRow> all_presets(const JobInputs& inputs, AppId of) {
  std::vector<PresetRow> rows;
  for (const PresetRef& ref : inputs.catalog.presets(of)) {
    JobRequest request;
    request.preset = Word{fmt::format("{}:{}", ref.application, ref.name.text()), ref.name.at()};
    const Job job =
        resolve_job(request, inputs.descriptors, inputs.around, Occasion::DryRun, Extent::Figures);
    PresetRow& row = rows.emplace_back();
    row.name = std::string(ref.name.text());
    row.application = std::string(ref.application);
    row.group = parse_app_id(ref.application).group;
    const JobPoint* point = job.points.empty() ? nullptr : &job.points.front();
    if (point == nullptr || !point->shown) continue;
    const JobStep& step = point->first();
    row.application = std::string(step.schema().id());
    row.target = std::string(step.target.target.id);
    if (step.input->site) row.site = std::string(step.input->site.name.text());
    row.geometry = step.geometry;
  }
  return rows;
}

std::vector<OnTarget> on_all_targets(JobRequest request, Span at, const JobInputs& inputs) {
  std::vector<OnTarget> all;
  for (const Entry& entry : inputs.catalog.entries(Section::Targets)) {
    request.target = Word{std::string(entry.name.text()), at};
    all.push_back(on_target(request, inputs));
  }
  return all;
}

}  // namespace ipucnn
