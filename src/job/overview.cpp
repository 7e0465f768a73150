#include "ipucnn/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>

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
  return a.release != b.release && !b.release.empty() &&
         (a.release.empty() || release_below(b.release, a.release));
}

/// A preset with the parts of its application's name.
struct Listed {
  PresetRef ref;
  AppId id;
  std::size_t place = 0;  ///< of the application among those that are listed
};

/// What a preset of another release would be the same by.
struct Name {
  std::string_view preset;
  std::string_view application;
  std::string_view group;

  bool operator==(const Name& other) const {
    return preset.size() == other.preset.size() && preset == other.preset &&
           application == other.application && group == other.group;
  }
};
struct NameHash {
  std::size_t operator()(const Name& name) const {
    return std::hash<std::string_view>()(name.preset);  // few applications share one
  }
};
Name name_of(const Listed& one) { return {one.ref.name.text(), one.id.name, one.id.group}; }

std::vector<Listed> listed(const std::vector<PresetRef>& presets) {
  std::vector<Listed> all;
  all.reserve(presets.size());
  for (const PresetRef& ref : presets) {
    // Those of an application stand together.
    const bool same = !all.empty() && all.back().ref.application == ref.application;
    all.push_back({ref, same ? all.back().id : parse_app_id(ref.application), 0});
  }
  return all;
}

/// Whether any was.
bool leave_older_out(std::vector<Listed>& presets) {
  std::unordered_map<Name, AppId, NameHash> newest;
  newest.reserve(presets.size());
  for (const Listed& one : presets) {
    const auto [known, added] = newest.try_emplace(name_of(one), one.id);
    if (!added && is_newer(one.id, known->second)) known->second = one.id;
  }
  return std::erase_if(presets, [&](const Listed& one) {
           return is_newer(newest.at(name_of(one)), one.id);
         }) > 0;
}

/// The applications in their order, the releases of one behind each other, the newest first.
void sort_by_release(std::vector<Listed>& presets) {
  std::vector<std::string_view> order;
  for (Listed& one : presets) {
    // Most stand behind another of theirs.
    if (order.empty() || order.back() != one.id.name) {
      const auto known = std::find(order.begin(), order.end(), one.id.name);
      one.place = static_cast<std::size_t>(known - order.begin());
      if (known == order.end()) order.push_back(one.id.name);
    } else {
      one.place = order.size() - 1;
    }
  }
  std::stable_sort(presets.begin(), presets.end(), [&](const Listed& a, const Listed& b) {
    if (a.place != b.place) return a.place < b.place;
    if (a.id.release != b.id.release) return is_newer(a.id, b.id);
    return a.id.group < b.id.group;
  });
}

}  // namespace

PresetList list_presets(const JobInputs& inputs, AppId of, Releases releases) {
  PresetList list;
  std::vector<Listed> all = listed(inputs.catalog.presets(of));
  if (releases == Releases::Newest && of.release.empty()) list.older = leave_older_out(all);
  sort_by_release(all);
  list.rows.reserve(all.size());
  for (const auto& [ref, id, place] : all) {
    JobRequest request;
    request.preset = Word{fmt::format("{}:{}", ref.application, ref.name.text()), ref.name.at()};
    const Job job = resolve_job(std::move(request), inputs.descriptors, inputs.around,
                                Occasion::DryRun, Extent::Figures);
    PresetRow& row = list.rows.emplace_back();
    row.name = std::string(ref.name.text());
    row.application = std::string(ref.application);
    row.group = id.group;
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
