#include "cli/bench_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/suggest.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/job_plans.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

bool is_file(const std::string& word, const World& world) {
  std::error_code code;
  return word.ends_with(".yml") || word.ends_with(".yaml") ||
         std::filesystem::is_regular_file(world.below(word), code);
}

/// What keeps a case from being run, in a line.
std::string first_error(const Diagnostics& findings, std::string_view otherwise) {
  for (const Diagnostic& d : findings.all())
    if (d.severity == Severity::Error)
      return fmt::format("{}: {}", finding_info(d.id).id, d.message);
  return std::string(otherwise);
}

class CaseReader {
 public:
  CaseReader(InputFiles& files, const SplitArgv& split, const Streams& streams, Occasion occasion,
             int& status)
      : files_(files),
        split_(split),
        streams_(streams),
        occasion_(occasion),
        status_(status),
        words_(request_of(split)) {}

  std::optional<BenchCases> run() {
    if (const auto failed = read_or_say(files_, {words_}, split_, streams_)) return end(*failed);
    for (const Word& word : split_.positionals)
      if (is_file(word.text, files_.world)) {
        if (!read_file(word)) return std::nullopt;
        file_named_ = true;
      } else {
        patterns_.push_back(word);
        names_.push_back(word.text);
      }
    words_.suppressions = files_.suppressions(split_);
    for (const auto& file : out_.files) add_entries(*file);
    if (!add_jobs()) return std::nullopt;
    if (out_.cases.empty() && out_.left_out.empty() && files_.findings.all().empty() &&
        patterns_.empty()) {
      say(streams_, file_named_ ? "the files hold neither jobs nor benchmarks"
                                : "there is no job in the project; name a FILE, or a job");
      return end(kUsage);
    }
    report_unused_patterns();
    Diagnostics all = files_.findings;
    all.add(out_.findings);
    out_.findings = std::move(all);
    return std::move(out_);
  }

 private:
  std::optional<BenchCases> end(int status) {
    status_ = status;
    return std::nullopt;
  }

  bool read_file(const Word& word) {
    std::string error;
    auto text = cli::read_file(files_.world.below(word.text), error);
    if (!text) {
      status_ = usage(streams_, error, split_);
      return false;
    }
    const SourceId source = files_.sources.add(word.text, *text);
    Diagnostics of_text;
    auto document = load_yaml(files_.sources, source, of_text);
    if (document != nullptr && is_benchmark_spec(root(document->tree))) {
      files_.findings.add(of_text);
      out_.files.push_back(
          std::make_unique<BenchmarkFile>(files_, split_, std::move(document), occasion_));
      return true;
    }
    const auto added = files_.add_text({word, Layer::Named, {}, {}}, std::move(*text));
    if (added) {
      sources_.push_back(*added);
      return true;
    }
    print_findings(files_.findings, files_.sources, split_, streams_, files_.world);
    status_ = kFindings;
    return false;
  }

  // --- benchmark specifications ---

  void add_entries(BenchmarkFile& file) {
    file.allow(words_.suppressions);
    Diagnostics of_file;
    const auto entries = file.entries(
        [&](std::string_view name) {
          known_.emplace_back(name);
          return may_be_chosen(name);
        },
        of_file);
    out_.findings.add(judge(of_file, occasion_, words_.suppressions, {}));
    for (const BenchmarkEntry& entry : entries) {
      if (!entry.usable) continue;
      if (entry.convergence && names_.empty()) {
        out_.left_out.push_back(entry.name);
        continue;
      }
      for (std::size_t i = 0; i < entry.variants.size(); ++i) add_variant(file, entry, i);
    }
    file.root().each_pair([&](Node name, Node body) { note_refused(name, body); });
  }

  void add_variant(BenchmarkFile& file, const BenchmarkEntry& entry, std::size_t number) {
    const BenchmarkVariant& variant = entry.variants[number];
    CampaignCase one{variant.name, entry.name, entry.at};
    known_.push_back(one.name);
    if (!may_be_chosen(one.name) && !is_chosen(one, names_)) return;
    Diagnostics found;
    const PlannedBenchmark planned = file.plan(entry, variant, found);
    for (std::size_t i = 0; i < planned.points.size(); ++i) {
      CampaignCase of_point = one;
      if (take_point(of_point, entry, planned.points[i], found))
        of_point.work = file.maker(entry, number, i);
      known_.push_back(of_point.name);
      if (is_chosen(of_point, names_)) out_.cases.push_back(std::move(of_point));
    }
    if (planned.points.empty()) {
      one.refusal = first_error(found, "only a start can tell all of its command");
      out_.cases.push_back(std::move(one));
    }
    out_.findings.add(found);
  }

  /// Whether the point can be run.
  static bool take_point(CampaignCase& one, const BenchmarkEntry& entry,
                         const BenchmarkPoint& point, Diagnostics& found) {
    one.name = point.name;
    one.identity = point.identity;
    Diagnostics of_bounds;
    if (point.plan)
      expectations_of(entry.expect, point.plan->target, point.plan->release, of_bounds);
    found.add(of_bounds);
    if (point.plan && !of_bounds.has_errors()) return true;
    one.refusal =
        first_error(point.findings, first_error(found, "only a start can tell all of its command"));
    return false;
  }

  /// An entry that could not be read is a case that is not run.
  void note_refused(Node name, Node body) {
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

  static std::uint32_t last_line(Node body) {
    std::uint32_t last = body.defined_at().line;
    body.each_pair([&](Node key, Node value) {
      if (!value.is_alias_use()) last = std::max({last, key.at().line, last_line(value)});
    });
    if (body.is_list())
      for (const Node item : body) last = std::max(last, item.at().line);
    return last;
  }

  bool has_case(const std::string& entry) const {
    return std::any_of(out_.cases.begin(), out_.cases.end(),
                       [&](const CampaignCase& one) { return one.entry == entry; });
  }

  // --- jobs of ours ---

  bool add_jobs() {
    std::vector<JobRequest> requests;
    for (const Word& name : chosen_jobs()) {
      requests.push_back(words_);
      requests.back().job = name;
    }
    if (requests.empty()) return true;
    if (const auto failed = read_or_say(files_, requests, split_, streams_)) {
      status_ = *failed;
      return false;
    }
    for (const JobRequest& request : requests) {
      const Job job = resolve_job(request, files_.descriptors, files_.around, occasion_);
      BenchCases of_job;
      add_points(job, request.job->text, request.job->at, files_, split_, of_job);
      out_.findings.add(of_job.findings);
      for (CampaignCase& one : of_job.cases) {
        known_.push_back(one.name);
        if (is_chosen(one, names_)) out_.cases.push_back(std::move(one));
      }
    }
    return true;
  }

  /// Those of the files that were named; without one those of the project, and others by name.
  std::vector<Word> chosen_jobs() {
    std::vector<Word> jobs;
    // Those of the program are unpacked for whoever asks for jobs in this way.
    if (!names_.empty()) static_cast<void>(files_.catalog.names(Section::Jobs));
    for (const Catalog::File& file : files_.catalog.files()) {
      const bool named =
          std::find(sources_.begin(), sources_.end(), file.tree.source) != sources_.end();
      const bool wanted = file_named_ ? named : file.layer >= Layer::Project || !names_.empty();
      if (!wanted || !file.application.empty()) continue;
      root(file.tree).find("jobs").each_pair([&](Node name, Node) {
        known_.emplace_back(name.text());
        if (may_be_chosen(name.text())) jobs.push_back({std::string(name.text()), name.at()});
      });
    }
    return jobs;
  }

  /// By its name, or by that of one of its points.
  bool may_be_chosen(std::string_view job) const {
    CampaignCase one{std::string(job), std::string(job)};
    return is_chosen(one, names_) ||
           std::any_of(names_.begin(), names_.end(),
                       [&](const std::string& name) { return name.starts_with(one.name + ":"); });
  }

  void report_unused_patterns() {
    for (const Word& pattern : patterns_) {
      const bool used =
          std::any_of(out_.cases.begin(), out_.cases.end(),
                      [&](const CampaignCase& one) { return is_chosen(one, {pattern.text}); });
      if (used) continue;
      std::vector<std::string_view> names(known_.begin(), known_.end());
      out_.findings
          .add(FindingId::K050, pattern.at,
               fmt::format("no job and no benchmark is called '{}'", pattern.text))
          .help = suggestion(pattern.text, names);
    }
  }

  InputFiles& files_;
  const SplitArgv& split_;
  const Streams& streams_;
  Occasion occasion_;
  int& status_;
  JobRequest words_;
  std::vector<Word> patterns_;
  std::vector<std::string> names_;  ///< the same as texts
  bool file_named_ = false;
  std::vector<SourceId> sources_;  ///< files of ours that were named
  std::vector<std::string> known_;
  BenchCases out_;
};

}  // namespace

std::optional<BenchCases> bench_cases(InputFiles& files, const SplitArgv& split,
                                      const Streams& streams, Occasion occasion, int& status) {
  return CaseReader(files, split, streams, occasion, status).run();
}

void add_points(const Job& job, const std::string& name, Span at, const InputFiles& files,
                const SplitArgv& split, BenchCases& out) {
  out.findings.add(job.all_findings());
  const std::vector<PlannedPoint> planned = plans_of(job, PlanDetail::Whole, files);
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
    CaseWork work{plan->plan, runs_folder(split, files.world, runs_dir_of(point, files))};
    std::vector<StepSettings> steps;
    const auto made = point.planned_steps();
    for (std::size_t i = 0; i < made.size(); ++i)
      steps.push_back({work.plan.steps[i].name, made[i]->settings});
    work.files.push_back({"explain.json", explain_json(steps, files.sources)});
    Diagnostics found;
    work.expectations = expectations_of(point.request.entry_flat.find("expect"), work.plan.target,
                                        work.plan.release, found);
    out.findings.add(found);
    // Of a sweep it would take all points to make one of them again.
    one.work = [kept = std::make_shared<const CaseWork>(std::move(work))] { return kept; };
    out.cases.push_back(std::move(one));
  }
  if (job.points.empty())
    out.cases.push_back({name, name, at, {}, first_error(job.findings, "it is illegal")});
}

}  // namespace ipucnn::cli
