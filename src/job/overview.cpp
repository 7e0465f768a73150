#include "ipucnn/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"

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

/// One that belongs to all releases is as new as any.
bool is_newer(const AppId& a, const AppId& b) {
  return !b.release.empty() && (a.release.empty() || release_below(b.release, a.release));
}

/// Whether any was.
bool leave_older_out(std::vector<PresetRef>& presets) {
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, AppId> newest;
  for (const PresetRef& ref : presets) {
    const AppId id = parse_app_id(ref.application);
    const auto [known, added] = newest.emplace(std::tuple(ref.name.text(), id.name, id.group), id);
    if (!added && is_newer(id, known->second)) known->second = id;
  }
  return std::erase_if(presets, [&](const PresetRef& ref) {
           const AppId id = parse_app_id(ref.application);
           return is_newer(newest.at({ref.name.text(), id.name, id.group}), id);
         }) > 0;
}

/// The releases of an application behind each other, the newest first.
void sort_by_release(std::vector<PresetRef>& presets) {
  std::map<std::string_view, std::size_t> order;
  for (const PresetRef& ref : presets)
    order.emplace(parse_app_id(ref.application).name, order.size());
  std::stable_sort(presets.begin(), presets.end(), [&](const PresetRef& a, const PresetRef& b) {
    const AppId left = parse_app_id(a.application);
    const AppId right = parse_app_id(b.application);
    if (left.name != right.name) return order[left.name] < order[right.name];
    if (left.release != right.release) return is_newer(left, right);
    return left.group < right.group;
  });
}

}  // namespace

PresetList list_presets(const JobInputs& inputs, AppId of, Releases releases) {
  PresetList list;
  std::vector<PresetRef> all = inputs.catalog.presets(of);
  if (releases == Releases::Newest && of.release.empty()) list.older = leave_older_out(all);
  sort_by_release(all);
  for (const PresetRef& ref : all) {
    JobRequest request;
    request.preset = Word{fmt::format("{}:{}", ref.application, ref.name.text()), ref.name.at()};
    const Job job =
        resolve_job(request, inputs.descriptors, inputs.around, Occasion::DryRun, Extent::Figures);
    PresetRow& row = list.rows.emplace_back();
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
  return list;
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
