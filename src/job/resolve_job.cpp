// From a request to a job: the stages one after the other.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "job/parts.h"

namespace ipucnn {
namespace {

/// Values that the command line fixes make combinations of a sweep the same.
bool same_run(const JobPoint& a, const JobPoint& b) {
  // What a sweep of the words names is meant to be another run.
  return a.complete && b.complete && a.request.swept.empty() && b.request.swept.empty() &&
         std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                    [](const auto& x, const auto& y) {
                      const auto& m = x->settings.all();
                      const auto& n = y->settings.all();
                      return std::equal(m.begin(), m.end(), n.begin(), n.end(),
                                        [](const Setting& s, const Setting& t) {
                                          return s.key == t.key && same_value(s.value, t.value);
                                        });
                    });
}

std::string label_of(const JobRequest& request) {
  std::string label;
  for (const Word& value : request.swept)
    label += fmt::format("{}{}", label.empty() ? "" : " ", value.text);
  Diagnostics ignored;  // reported when the value is taken
  for (const SweepValue& chosen : request.sweep_point) {
    const auto value = to_value(chosen.value, chosen.key.text(), ignored);
    label += fmt::format("{}{}={}", label.empty() ? "" : " ", chosen.key.text(),
                         value ? value_text(*value) : "?");
  }
  return label;
}

/// A run that is started cannot leave a choice to its reader.
void demand_choice(const JobStep& step, Diagnostics& out) {
  step.job.find("alternatives").each_pair([&](Node key, Node values) {
    const auto option = step.schema().option(key.text(), step.purpose.script, Facts());
    Diagnostic& d =
        out.add(FindingId::K052, key.at(), fmt::format("the job leaves {} open", key.text()));
    for (const Node value : values)
      d.help += fmt::format("{}{} {}", d.help.empty() ? "choose: " : ", ",
                            option ? option->flag : key.text(), value.text());
  });
}

class Resolver {
 public:
  Resolver(const Descriptors& descriptors, const Surroundings& around, Occasion occasion,
           Extent extent)
      : descriptors_(descriptors), around_(around), occasion_(occasion), extent_(extent) {}

  JobPoint point(JobRequest&& request, std::vector<Suppression>& suppressions) const {
    JobPoint point;
    point.request = std::move(request);
    work_out(point, suppressions);
    return point;
  }

  /// All of a point but its request, which is there.
  void work_out(JobPoint& point, std::vector<Suppression>& suppressions) const {
    point.label = label_of(point.request);
    Diagnostics found;
    point.complete = follow(point, suppressions, found);
    if (point.request.command) found = job::of_command(*point.request.command, found);
    point.declined = point.request.purpose_assumed && has(found, FindingId::V004);
    point.findings = judge(found, occasion_of(point), suppressions, head_of(point));
  }

 private:
  bool follow(JobPoint& point, const std::vector<Suppression>& suppressions,
              Diagnostics& found) const {
    const auto choice = job::choose(point.request, descriptors_, around_, point.preset_at, found);
    if (!choice || !add_steps(point, *choice, found)) return false;
    const bool usable = !stops(found, point, suppressions);
    if (extent_ == Extent::Values || point.request.script) return usable;
    if (!usable) {
      // The values are shown all the same, and the figures as far as they are known.
      Diagnostics follow_up;
      for (const auto& step : point.steps)
        if (!job::find_figures(*step, follow_up)) return false;
      point.shown = true;
      return false;
    }
    for (const auto& step : point.steps) {
      Diagnostics of_figures;
      const bool good = job::find_figures(*step, of_figures);
      add_unless_told(of_figures, found);
      if (!good) return false;
    }
    point.shown = true;
    if (extent_ == Extent::Rules) ask_rules(point, *choice, found);
    return !point.request.compile_first || add_compilation(point, *choice, found);
  }

  bool add_compilation(JobPoint& point, const job::Choice& choice, Diagnostics& found) const {
    point.compilation = job::make_compilation(point.request, choice, point.first(),
                                              descriptors_.catalog(), around_, occasion_, found);
    return point.compilation != nullptr;
  }

  bool add_steps(JobPoint& point, const job::Choice& choice, Diagnostics& found) const {
    if (!add_step(point, choice, choice.purpose, found)) return false;
    if (!choice.next) return true;
    if (!add_step(point, choice, *choice.next, found)) return false;
    job::hand_on(point, choice, *point.steps.front(), *point.steps.back());
    return true;
  }

  bool add_step(JobPoint& point, const job::Choice& choice, const PurposeSpec& purpose,
                Diagnostics& found) const {
    const JobStep* before = point.steps.empty() ? nullptr : point.steps.front().get();
    auto step = job::make_step(point.request, choice, purpose, descriptors_.catalog(), around_,
                               before, occasion_, extent_, found);
    if (!step) return false;
    point.steps.push_back(std::move(step));
    return true;
  }

  void ask_rules(const JobPoint& point, const job::Choice& choice, Diagnostics& found) const {
    for (const auto& step : point.steps) check(step->check_input(), occasion_, found);
    if (shows_a_run())
      job::preview_validation(point.request, choice, point, descriptors_.catalog(), around_,
                              occasion_, found);
  }

  /// Whether a value is wrong and nobody allowed it.
  bool stops(const Diagnostics& found, const JobPoint& point,
             std::vector<Suppression> suppressions) const {
    return found.has_errors() && judge(found, occasion_, suppressions, head_of(point)).has_errors();
  }

  /// A value that was allowed is no figure, which is said in place of K015.
  static void add_unless_told(const Diagnostics& figures, Diagnostics& found) {
    if (figures.all().empty()) return;
    const Diagnostics before = found;
    for (Diagnostic d : figures.all()) {
      const auto& all = before.all();
      const bool told =
          d.id == FindingId::K015 && std::any_of(all.begin(), all.end(), [&](const Diagnostic& t) {
            return t.severity == Severity::Error && t.at == d.at;
          });
      if (told) {
        d.severity = Severity::Note;
        d.message += ", so the figures that need it are not known";
      }
      found.add(std::move(d));
    }
  }

  bool shows_a_run() const { return occasion_ == Occasion::DryRun || occasion_ == Occasion::Start; }

  /// A site whose runs bear a label plays them only.
  Occasion occasion_of(const JobPoint& point) const {
    const bool plays = !point.steps.empty() && !point.first().launch.text("label").empty();
    return shows_a_run() && plays ? Occasion::Rehearsal : occasion_;
  }

  /// The line on which a comment speaks of the whole.
  static Span head_of(const JobPoint& point) {
    return point.request.command ? point.request.command->at : point.preset_at;
  }

  static bool has(const Diagnostics& found, FindingId id) {
    return std::any_of(found.all().begin(), found.all().end(),
                       [&](const Diagnostic& d) { return d.id == id; });
  }

  const Descriptors& descriptors_;
  const Surroundings& around_;
  Occasion occasion_;
  Extent extent_;
};

/// The global batch that the points of a sweep are to have: without its values, where it is to be
/// kept.
std::optional<std::int64_t> kept_batch(const JobRequest& swept, const Descriptors& descriptors,
                                       const Surroundings& around) {
  if (swept.sweeps.empty() || !swept.keep || swept.keep->text != "global-batch")
    return std::nullopt;
  JobRequest request = swept;
  request.sweeps.clear();
  const Job job = resolve_job(std::move(request), descriptors, around, Occasion::Solve);
  const JobPoint* first = job.first();
  if (first == nullptr || !first->first().geometry.global_batch) return std::nullopt;
  return first->first().geometry.global_batch->value;
}

/// Lets the solver choose what a point of a sweep leaves open, where it has to.
void choose_figures(const JobRequest& request, std::optional<std::int64_t> kept,
                    const Resolver& resolver, const Resolver& for_solver,
                    std::vector<Suppression>& suppressions, JobPoint& point) {
  if (point.steps.empty()) return;
  const JobPoint open = for_solver.point(job::for_solver(request, point), suppressions);
  auto chosen = job::solve_swept(request, point, open, kept);
  if (chosen.request)
    point = resolver.point(std::move(*chosen.request), suppressions);
  else if (chosen.rival)
    point.findings.add(FindingId::K019, *chosen.rival, std::move(chosen.why_none)).help =
        "leave one of the two out";
  else if (!chosen.why_none.empty())
    point.findings.add(FindingId::B020, request.swept.front().at, std::move(chosen.why_none));
}

}  // namespace

const AppSchema* Descriptors::find(const Entry& application, Diagnostics& out) const {
  const std::string_view name = application.name.text();
  const auto is_it = [&](const AppSchema& schema) {
    return schema.id().data() == name.data();  // the very text, as its file holds it
  };
  // A list goes through one application after the other.
  if (newest_ >= schemas_.size() || !is_it(schemas_[newest_]))
    newest_ = static_cast<std::size_t>(std::find_if(schemas_.begin(), schemas_.end(), is_it) -
                                       schemas_.begin());
  if (newest_ < schemas_.size()) return &schemas_[newest_];
  auto schema = AppSchema::load(catalog_, application, out);
  return schema ? &schemas_.emplace_back(std::move(*schema)) : nullptr;
}

Job resolve_job(JobRequest request, const Descriptors& descriptors, const Surroundings& around,
                Occasion occasion, Extent extent) {
  Job job;
  job.suppressions = request.suppressions;
  Diagnostics found;
  const Resolver resolver(descriptors, around, occasion, extent);
  const auto kept = kept_batch(request, descriptors, around);
  for (JobRequest& one : expand(std::move(request), descriptors.catalog(), found)) {
    if (job.points.empty()) job.suppressions = one.suppressions;
    JobPoint& point = job.points.emplace_back();
    if (one.swept.empty()) {
      point.request = std::move(one);
      resolver.work_out(point, job.suppressions);
    } else {
      point = resolver.point(JobRequest(one), job.suppressions);
      choose_figures(one, kept, resolver, Resolver(descriptors, around, Occasion::Solve, extent),
                     job.suppressions, point);
    }
    const bool known = std::any_of(job.points.begin(), job.points.end() - 1,
                                   [&](const JobPoint& other) { return same_run(point, other); });
    if (known) job.points.pop_back();
  }
  if (occasion == Occasion::Start && job.points.size() > 1 && job.first() != nullptr)
    demand_choice(job.first()->first(), found);
  job.findings = judge(found, occasion, job.suppressions, {});
  return job;
}

const JobPoint* Job::first() const {
  for (const JobPoint& point : points)
    if (point.complete) return &point;
  return nullptr;
}

bool Job::is_legal() const {
  return !points.empty() && !findings.has_errors() &&
         std::all_of(points.begin(), points.end(),
                     [](const JobPoint& point) { return point.is_legal(); });
}

Diagnostics Job::all_findings() const {
  std::vector<Diagnostic> of_points;
  for (const JobPoint& point : points)
    for (const Diagnostic& d : point.findings.all()) {
      const auto same = std::find_if(of_points.begin(), of_points.end(), [&](const auto& known) {
        return known.id == d.id && known.at == d.at && known.severity == d.severity &&
               known.message == d.message;
      });
      Diagnostic& said = same != of_points.end() ? *same : of_points.emplace_back(d);
      if (said.found_in.empty() || said.found_in.back() != point.label)
        said.found_in.push_back(point.label);
    }
  Diagnostics all = findings;
  for (Diagnostic& d : of_points) {
    if (d.found_in.size() == 1 && points.size() > 1)
      d.notes.push_back({"in the run with " + d.found_in.front(), {}});
    if (d.found_in.size() == 1 || d.found_in.size() == points.size()) d.found_in.clear();
    all.add(std::move(d));
  }
  return all;
}

std::vector<const JobStep*> JobPoint::planned_steps() const {
  std::vector<const JobStep*> all;
  if (compilation) all.push_back(compilation.get());
  for (const auto& step : steps) all.push_back(step.get());
  return all;
}

JobPlan plan_of(const JobPoint& point, PlanDetail detail) {
  const auto planned = [&](const JobStep& step) {
    PlanInput input = step.plan_input(detail);
    input.as_written = point.request.as_written;
    return plan(input);
  };
  JobPlan job = planned(point.first());
  for (std::size_t i = 1; i < point.steps.size(); ++i) {
    JobPlan next = planned(*point.steps[i]);
    std::move(next.steps.begin(), next.steps.end(), std::back_inserter(job.steps));
  }
  if (point.compilation)
    job.steps.insert(job.steps.begin(), job::compilation_step(*point.compilation, detail));
  return job;
}

}  // namespace ipucnn
