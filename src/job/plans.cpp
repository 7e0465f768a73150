// From the points of a job to plans.
#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.h"
#include "ipucnn/job_plans.h"
#include "job/parts.h"

namespace ipucnn {
namespace {

std::vector<Blocked> blocked_by(const Diagnostics& at_a_start, const Sources& sources) {
  std::vector<Blocked> blocked;
  for (const Diagnostic& d : at_a_start.all()) {
    if (d.severity != Severity::Error) continue;
    const bool placed = d.at.line > 0;
    blocked.push_back({std::string(finding_info(d.id).id), d.message,
                       placed ? std::string(sources.name(d.at.source)) : "",
                       std::int64_t{d.at.line}, std::int64_t{d.at.column}, d.help});
  }
  return blocked;
}

std::vector<PlanInputFile> user_files(const JobInputs& inputs) {
  std::vector<PlanInputFile> files;
  for (const Catalog::File& file : inputs.catalog.files()) {
    const SourceId source = file.tree.source;
    if (file.layer != Layer::BuiltIn)  // those belong to the program
      files.push_back(
          {std::string(inputs.sources.name(source)), sha256(inputs.sources.text(source))});
  }
  return files;
}

std::string runs_dir_of(Node job, Node site, const JobInputs& inputs) {
  for (const Node& body : {job, site})
    if (const auto folder = body.find_text("runs_dir"); folder && !folder->empty())
      return std::string(*folder);
  const Entry usual = inputs.catalog.find_default("runs_dir");
  return usual ? std::string(usual.body.text()) : "";
}

}  // namespace

std::string runs_dir_of(const JobPoint& point, const JobInputs& inputs) {
  return runs_dir_of(point.request.entry.body, point.first().input->site.body, inputs);
}

std::string runs_dir_of(const JobRequest& request, const JobInputs& inputs) {
  Diagnostics unsaid;
  const Entry site = job::find_site(request, inputs.catalog, inputs.around, unsaid).entry;
  return runs_dir_of(Node{}, site.body, inputs);
}

std::optional<SiteSdk> find_sdk(const JobRequest& request, const JobInputs& inputs,
                                std::string_view name, std::string& error) {
  Diagnostics unsaid;
  const Entry site = job::find_site(request, inputs.catalog, inputs.around, unsaid).entry;
  if (!site) {
    error = "an SDK is one of a site, and none is in force";
    return std::nullopt;
  }
  const Node sdks = site.body.find("sdks");
  const Node sdk = sdks.find(name);
  if (!sdk.is_map()) {
    std::string known;
    sdks.each_pair([&](Node key, Node) {
      known += fmt::format("{}{}", known.empty() ? "" : ", ", key.text());
    });
    error = fmt::format("the site {} has no SDK '{}'; {}", site.name.text(), name,
                        known.empty() ? "it has none" : "it has " + known);
    return std::nullopt;
  }
  for (const Catalog::File& file : inputs.catalog.files())
    if (file.tree.source == sdk.at().source && file.layer != Layer::System &&
        file.layer != Layer::User && file.layer != Layer::Named) {
      error = fmt::format(
          "{} names the scripts of {}, and may have come with somebody else's files; "
          "put the site into ~/.config/ipucnn, or name the file with --site",
          inputs.sources.name(file.tree.source), name);
      return std::nullopt;
    }
  SiteSdk found{std::string(sdk.find_text("release").value_or("")),
                {},
                std::string(sdk.find_text("venv").value_or(""))};
  const Node enable = sdk.find("enable");
  if (enable.is_scalar()) found.enable.emplace_back(enable.text());
  if (enable.is_list())
    for (const Node script : enable) found.enable.emplace_back(script.text());
  return found;
}

Span PlannedPoint::output_at() const {
  const JobStep& step = point->first();
  const auto key = step.schema().key_of(QuantityName::OutputDir, step.purpose.script);
  const Setting* set = key ? step.settings.find(*key) : nullptr;
  return set == nullptr ? Span{} : set->origin.at;
}

std::vector<PlannedPoint> plans_of(const Job& job, PlanDetail detail, const JobInputs& inputs) {
  std::vector<PlannedPoint> all;
  std::vector<PlanInputFile> files;
  if (detail == PlanDetail::Whole) files = user_files(inputs);
  for (const JobPoint& point : job.points) {
    if (!point.is_legal()) continue;
    all.push_back({&point, plan_of(point, detail)});
    all.back().plan.inputs = files;
  }
  return all;
}

void find_blocked(const JobRequest& request, const JobInputs& inputs,
                  std::vector<PlannedPoint>& planned) {
  const Job job = resolve_job(request, inputs.descriptors, inputs.around, Occasion::Start);
  const std::vector<Blocked> of_all = blocked_by(job.findings, inputs.sources);
  for (auto& [made, plan] : planned) {
    const std::string& label = made->label;
    const auto point = std::find_if(job.points.begin(), job.points.end(),
                                    [&](const JobPoint& p) { return p.label == label; });
    if (point != job.points.end()) plan.blocked = blocked_by(point->findings, inputs.sources);
    plan.blocked.insert(plan.blocked.end(), of_all.begin(), of_all.end());
  }
}

}  // namespace ipucnn
