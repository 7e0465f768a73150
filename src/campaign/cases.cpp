// What a campaign is made of: entries of benchmark specifications, and jobs.
#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "base/text.h"
#include "campaign/benchmark_file.h"
#include "ipucnn/job_plans.h"
#include "ipucnn/view.h"

namespace ipucnn {

using campaigning::BenchmarkFile;

namespace {

/// What keeps a case from being run, in a line.
std::string first_error(const Diagnostics& findings, std::string_view otherwise) {
  for (const Diagnostic& d : findings.all())
    if (d.severity == Severity::Error)
      return fmt::format("{}: {}", finding_info(d.id).id, d.message);
  return std::string(otherwise);
}

constexpr std::string_view kOnlyAtStart = "only a start can tell all of its command";

/// Whether the point can be run.
bool take_point(CampaignCase& one, const BenchmarkPoint& point, const Diagnostics& found) {
  one.name = point.name;
  one.identity = point.identity;
  if (point.plan) return true;
  one.refusal = first_error(point.findings, first_error(found, kOnlyAtStart));
  return false;
}

std::uint32_t last_line(Node body) {
  std::uint32_t last = body.defined_at().line;
  body.each_pair([&](Node key, Node value) {
    if (!value.is_alias_use()) last = std::max({last, key.at().line, last_line(value)});
  });
  if (body.is_list())
    for (const Node item : body) last = std::max(last, item.at().line);
  return last;
}

}  // namespace

CaseReader::CaseReader(CaseInput in, std::vector<Word> patterns)
    : in_(std::move(in)), patterns_(std::move(patterns)) {
  for (const Word& pattern : patterns_) names_.push_back(pattern.text);
}

// --- benchmark specifications ---

void CaseReader::add_benchmarks(std::unique_ptr<Document> document) {
  const auto file = std::make_shared<BenchmarkFile>(in_, std::move(document));
  out_.files.push_back(file);
  Diagnostics of_file;
  const auto entries = file->entries(
      [&](std::string_view name) {
        known_.emplace_back(name);
        return may_be_chosen(name);
      },
      of_file);
  out_.findings.add(judge(of_file, in_.occasion, in_.words.suppressions, {}));
  for (const BenchmarkEntry& entry : entries) {
    if (!entry.usable) continue;
    if (entry.convergence && names_.empty()) {
      out_.left_out.push_back(entry.name);
      continue;
    }
    for (std::size_t i = 0; i < entry.variants.size(); ++i) add_variant(*file, entry, i);
  }
  file->root().each_pair([&](Node name, Node body) { note_refused(name, body); });
}

void CaseReader::add_variant(BenchmarkFile& file, const BenchmarkEntry& entry, std::size_t number) {
  const BenchmarkVariant& variant = entry.variants[number];
  CampaignCase one{variant.name, entry.name, entry.at};
  known_.push_back(one.name);
  if (!may_be_chosen(one.name) && !is_chosen(one, names_)) return;
  Diagnostics found;
  const PlannedBenchmark planned = file.plan(entry, variant, found);
  for (std::size_t i = 0; i < planned.points.size(); ++i) {
    CampaignCase of_point = one;
    if (take_point(of_point, planned.points[i], found))
      of_point.work = file.maker(entry, number, i);
    known_.push_back(of_point.name);
    if (is_chosen(of_point, names_)) out_.cases.push_back(std::move(of_point));
  }
  if (planned.points.empty()) {
    one.refusal = first_error(found, kOnlyAtStart);
    out_.cases.push_back(std::move(one));
  }
  out_.findings.add(found);
}

/// An entry that could not be read is a case that is not run.
void CaseReader::note_refused(Node name, Node body) {
  for (const Diagnostic& d : out_.findings.all()) {
    if (d.severity != Severity::Error || d.at.source != name.at().source) continue;
    const bool inside = d.at.line >= name.at().line && d.at.line <= last_line(body);
    CampaignCase one{std::string(name.text()), std::string(name.text()), name.at()};
    if (!inside || has_case(one.entry) || !is_chosen(one, names_)) continue;
    known_.push_back(one.name);
    one.refusal = fmt::format("{}: {}", finding_info(d.id).id, d.message);
    out_.cases.push_back(std::move(one));
  }
}

bool CaseReader::has_case(const std::string& entry) const {
  return std::any_of(out_.cases.begin(), out_.cases.end(),
                     [&](const CampaignCase& one) { return one.entry == entry; });
}

// --- jobs of ours ---

std::vector<Word> CaseReader::chosen_jobs(const std::vector<SourceId>* files) {
  std::vector<Word> jobs;
  const Catalog& catalog = in_.inputs.catalog;
  // Those of the program are unpacked for whoever asks for jobs in this way.
  if (!names_.empty()) static_cast<void>(catalog.names(Section::Jobs));
  for (const Catalog::File& file : catalog.files()) {
    const bool wanted =
        files != nullptr ? std::find(files->begin(), files->end(), file.tree.source) != files->end()
                         : file.layer >= Layer::Project || !names_.empty();
    if (!wanted || !file.application.empty()) continue;
    root(file.tree).find("jobs").each_pair([&](Node name, Node) {
      known_.emplace_back(name.text());
      if (may_be_chosen(name.text())) jobs.push_back({std::string(name.text()), name.at()});
    });
  }
  return jobs;
}

/// By its name, or by that of one of its points.
bool CaseReader::may_be_chosen(std::string_view name) const {
  CampaignCase one{std::string(name), std::string(name)};
  return is_chosen(one, names_) ||
         std::any_of(names_.begin(), names_.end(), [&](const std::string& pattern) {
           return pattern.starts_with(one.name + ":");
         });
}

void CaseReader::add_job(const JobRequest& request) {
  const Job job = resolve_job(request, in_.inputs.descriptors, in_.inputs.around, in_.occasion);
  CampaignCases of_job;
  add_points(job, request.job->text, request.job->at, in_, of_job);
  out_.findings.add(of_job.findings);
  for (CampaignCase& one : of_job.cases) {
    known_.push_back(one.name);
    if (is_chosen(one, names_)) out_.cases.push_back(std::move(one));
  }
}

CampaignCases CaseReader::take() {
  for (const Word& pattern : patterns_) {
    const bool used =
        std::any_of(out_.cases.begin(), out_.cases.end(),
                    [&](const CampaignCase& one) { return is_chosen(one, {pattern.text}); });
    if (used) continue;
    const std::vector<std::string_view> names(known_.begin(), known_.end());
    out_.findings
        .add(FindingId::K050, pattern.at,
             fmt::format("no job and no benchmark is called '{}'", pattern.text))
        .help = suggestion(pattern.text, names);
  }
  return std::move(out_);
}

void add_points(const Job& job, const std::string& name, Span at, const CaseInput& in,
                CampaignCases& out) {
  out.findings.add(job.all_findings());
  const std::vector<PlannedPoint> planned = plans_of(job, PlanDetail::Whole, in.inputs);
  for (const JobPoint& point : job.points) {
    CampaignCase one{point.label.empty() ? name : name + ":" + replace_char(point.label, ' ', ','),
                     name, at};
    const auto plan = std::find_if(planned.begin(), planned.end(),
                                   [&](const PlannedPoint& made) { return made.point == &point; });
    if (plan == planned.end() || job.findings.has_errors()) {
      one.refusal = first_error(point.findings, first_error(job.findings, "it is illegal"));
      out.cases.push_back(std::move(one));
      continue;
    }
    one.identity = identity(point.request);
    CaseWork work{plan->plan, in.runs_folder(runs_dir_of(point, in.inputs))};
    std::vector<StepSettings> steps;
    const auto made = point.planned_steps();
    for (std::size_t i = 0; i < made.size(); ++i)
      steps.push_back({work.plan.steps[i].name, made[i]->settings});
    work.files.push_back({"explain.json", explain_json(steps, in.inputs.sources)});
    work.expectations = expectations_of(point.request.entry_flat.find("expect"), work.plan.target,
                                        work.plan.release);
    // Of a sweep it would take all points to make one of them again.
    one.work = [kept = std::make_shared<const CaseWork>(std::move(work))] { return kept; };
    out.cases.push_back(std::move(one));
  }
  if (job.points.empty())
    out.cases.push_back({name, name, at, {}, first_error(job.findings, "it is illegal")});
}

}  // namespace ipucnn
