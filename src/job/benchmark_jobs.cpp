// Plans of the entries of a benchmark specification.
#include "ipucnn/benchmark_jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"
#include "ipucnn/imported_job.h"
#include "ipucnn/job_plans.h"
#include "job/parts.h"

namespace ipucnn {
namespace {

/// Of a path; empty for one without a slash.
std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string() : std::string(path.substr(0, slash));
}

class BenchmarkPlanner {
 public:
  BenchmarkPlanner(const JobInputs& inputs, const PlanInputFile& file, const BenchmarkEntry& entry,
                   const BenchmarkVariant& variant, const JobRequest& words, Occasion occasion,
                   Diagnostics& out)
      : in_(inputs),
        file_(file),
        entry_(entry),
        variant_(variant),
        words_(words),
        occasion_(occasion),
        out_(out) {}

  PlannedBenchmark run(const ImportRequest& request) {
    Diagnostics of_text;
    PlannedBenchmark planned;
    planned.commands =
        import_benchmark({in_.catalog, in_.sources, request}, entry_, variant_, of_text);
    if (!planned.commands.empty())
      resolve(planned.commands.front(), of_text, planned);
    else
      start_as_it_stands(of_text, planned);
    for (BenchmarkPoint& point : planned.points) {
      if (!point.plan) continue;
      point.plan->name = point.name;
      point.plan->job = point.name;
      point.plan->inputs.push_back(file_);
      for (Step& step : point.plan->steps) adapt(*point.plan, step);
    }
    return planned;
  }

 private:
  std::string name_of(const JobPoint& point) const {
    if (point.label.empty()) return variant_.name;
    return fmt::format("{}{}{}", variant_.name, variant_.parameters.empty() ? ':' : ',',
                       replace_char(point.label, ' ', ','));
  }

  void resolve(const ImportedJob& command, const Diagnostics& of_text, PlannedBenchmark& planned) {
    std::vector<Suppression> leaves = words_.suppressions;
    const Diagnostics judged = judge(of_text, occasion_, leaves, command.at);
    out_.add(judged);
    if (has_unread_word(command, of_text)) return;
    Diagnostics open;
    const bool is_open = report_open_values(command, open);
    out_.add(judge(open, occasion_, leaves, command.at));
    if (is_open) return;
    JobRequest request = request_of(command, words_, of_text, in_.sources);
    request.as_written = true;
    give_way(command, request);
    planned.job = resolve_job(std::move(request), in_.descriptors, in_.around, occasion_);
    const Job& job = *planned.job;
    const Diagnostics found = job.all_findings();
    out_.add(found);
    if (job.findings.has_errors()) return;
    const auto plans = plans_of(job, PlanDetail::Whole, in_);
    for (const JobPoint& of_job : job.points) {
      BenchmarkPoint& point = planned.points.emplace_back();
      point.name = name_of(of_job);
      point.findings = of_job.findings;
      const auto made = std::find_if(plans.begin(), plans.end(),
                                     [&](const PlannedPoint& one) { return one.point == &of_job; });
      if (made == plans.end() || is_faulty(command, judged, of_job.findings)) continue;
      point.plan = made->plan;
      point.identity = identity(of_job.request);
      point.runs_dir = runs_dir_of(of_job, in_);
      const auto made_steps = of_job.planned_steps();
      for (std::size_t i = 0; i < made_steps.size(); ++i)
        point.settings.emplace_back(point.plan->steps[i].name, made_steps[i]->settings);
    }
  }

  /// What is asked for on our own command line stands in the place of the entry's words for it.
  void give_way(const ImportedJob& command, JobRequest& request) const {
    Diagnostics unsaid;
    const AppSchema* schema = in_.descriptors.find(
        in_.catalog.find_application(parse_app_id(command.application)), unsaid);
    if (schema == nullptr) return;
    std::vector<std::string> flags;
    for (const auto* asked : {&words_.sets, &words_.sweeps})
      for (const Word& word : *asked) {
        const std::string key = word.text.substr(0, word.text.find('='));
        for (const Entry& option : schema->option_entries())
          if (replace_char(option.name.text(), '_', '-') == replace_char(key, '_', '-'))
            for (const char* spelling : {"flag", "short", "negative"})
              if (const auto flag = option.body.find_text(spelling)) flags.emplace_back(*flag);
      }
    bool taken = false;
    std::erase_if(request.overrides, [&](const Word& word) {
      const bool option = word.text.size() > 1 && word.text[0] == '-' &&
                          word.text.find_first_of("0123456789.") != 1;
      if (option)
        taken = std::find(flags.begin(), flags.end(), word.text.substr(0, word.text.find('='))) !=
                flags.end();
      return taken && word.at.source != kCommandLine;
    });
  }

  /// What the text says of applications is of no use here, but for what breaks it.
  void start_as_it_stands(const Diagnostics& of_text, PlannedBenchmark& planned) {
    bool good = true;
    for (const Diagnostic& d : of_text.all()) {
      if (d.severity != Severity::Error) continue;
      out_.add(d);
      good = false;
    }
    const auto plain = plain_command(in_.sources, entry_, variant_, out_);
    if (!plain || !good) return;
    Diagnostics unsaid;
    const Entry site = job::find_site(words_, in_.catalog, in_.around, unsaid).entry;
    if (is_played(*plain, site) || is_swept(*plain)) return;
    JobPlan plan;
    plan.target = "none";
    if (words_.for_slurm) plan.slurm = slurm_request(site.body);
    Step& step = plan.steps.emplace_back();
    step.name = step.purpose = "benchmark";
    std::string identity = words_.for_slurm ? "ipucnn.command/1\nslurm\n" : "ipucnn.command/1\n";
    for (const Word& word : plain->words) {
      step.command.argv.push_back(word_of_text(word.text, {}));
      step.command.argv.back().begins = step.command.argv.size() == 1 || word.text.starts_with('-');
      identity += fmt::format("{}:{}\n", word.text.size(), word.text);
    }
    for (const auto& set : plain->env) {
      const auto& [name, value] = set;
      std::erase_if(step.command.env, [&](const auto& known) { return known.first == set.first; });
      step.command.env.emplace_back(name, word_of_text(value, {}));
      identity += fmt::format("{}={}:{}\n", name, value.size(), value);
    }
    BenchmarkPoint& point = planned.points.emplace_back();
    point.name = variant_.name;
    point.identity = sha256(identity);
    point.runs_dir = runs_dir_of(words_, in_);
    point.plan = std::move(plan);
  }

  /// Nobody knows what an option of such a command would be.
  bool is_swept(const PlainCommand& plain) {
    for (const Word& sweep : words_.sweeps) {
      Diagnostic& d =
          out_.add(FindingId::L060, sweep.at,
                   fmt::format("{} is of no known application, so nothing of it can be swept",
                               plain.words.front().text));
      d.severity = Severity::Error;
      d.notes.push_back({"the command is here", plain.words.front().at});
      d.help = "give the entry `parameters:`, or choose others by their names";
    }
    return !words_.sweeps.empty();
  }

  /// A site that only plays jobs has nothing to play this one by.
  bool is_played(const PlainCommand& plain, const Entry& site) {
    const std::string label(site.body.find_text("label").value_or(""));
    if (label.empty()) return false;
    out_.add(FindingId::L060, plain.words.front().at,
             fmt::format("{} is of no known application, so the site {} cannot play it",
                         plain.words.front().text, site.name.text()))
        .severity = Severity::Error;
    return true;
  }

  void adapt(const JobPlan& plan, Step& step) const {
    std::vector<MetricPattern> metrics;
    for (const BenchmarkMetric& figure : entry_.metrics)
      metrics.push_back(pattern_of(figure, step));
    // The proof of an application may be one of its own figures.
    for (MetricPattern& known : step.metrics)
      if (std::none_of(metrics.begin(), metrics.end(),
                       [&](const MetricPattern& own) { return own.name == known.name; }))
        metrics.push_back(std::move(known));
    step.metrics = std::move(metrics);
    if (step.script.empty()) step.printing_instances = processes_of(step);
    if (plan.application.empty() && !entry_.metrics.empty())
      step.proof = {ProofPattern::Kind::Metric, entry_.metrics.front().name};
    if (entry_.timeout) {
      std::erase_if(step.limits, [&](const Limit& limit) {
        return limit.phase == "run" && limit.seconds > *entry_.timeout;
      });
      if (std::none_of(step.limits.begin(), step.limits.end(),
                       [](const Limit& limit) { return limit.phase == "run"; }))
        step.limits.push_back({"run", *entry_.timeout});
    }
    // Where the file says to start, unless a checkout was named or nothing is started in earnest.
    if (!step.command.cwd.pieces.empty() || plan.label) return;
    std::string folder = folder_of(in_.sources.name(entry_.at.source));
    if (!entry_.location.empty()) folder += (folder.empty() ? "" : "/") + entry_.location;
    if (!folder.empty()) step.command.cwd = word_of_text(folder, {});
  }

  /// The application knows of whom a figure of the same name is. Of others mpirun's processes each
  /// print their own rate, as the old tool takes it, too.
  static MetricPattern pattern_of(const BenchmarkMetric& figure, const Step& step) {
    MetricPattern pattern;
    for (const MetricPattern& known : step.metrics)
      if (known.name == figure.name) {
        pattern.unit = known.unit;
        pattern.covers_all = known.covers_all;
        pattern.combine = known.combine;
        pattern.better = figure.reduction == Reduction::Mean ? "" : known.better;
      }
    pattern.name = figure.name;
    pattern.regex = figure.expression;
    if (!figure.unit.empty()) pattern.unit = figure.unit;
    pattern.discard_first = figure.skip;
    if (step.script.empty() && mpirun_of(step) != step.command.argv.end() &&
        figure.name == "throughput")
      pattern.covers_all = false;
    return pattern;
  }

  static std::vector<Arg>::const_iterator mpirun_of(const Step& step) {
    const auto& words = step.command.argv;
    return std::find_if(words.begin(), words.end(), [](const Arg& word) {
      return literal_text(word).find("mpirun") != std::string::npos;
    });
  }

  /// How many processes mpirun is told to start; absent where it is not, or there is none.
  static std::optional<std::int64_t> processes_of(const Step& step) {
    const auto end = step.command.argv.end();
    for (auto word = mpirun_of(step); word != end && word + 1 != end; ++word)
      for (const std::string_view flag : {"--np", "-np", "-n", "-c"})
        if (literal_text(*word) == flag)
          if (const auto count = parse_int64(literal_text(*(word + 1))); count && *count > 0)
            return count;
    return std::nullopt;
  }

  const JobInputs& in_;
  const PlanInputFile& file_;
  const BenchmarkEntry& entry_;
  const BenchmarkVariant& variant_;
  const JobRequest& words_;
  Occasion occasion_;
  Diagnostics& out_;
};

}  // namespace

PlannedBenchmark plan_benchmark(const JobInputs& inputs, const PlanInputFile& file,
                                const BenchmarkEntry& entry, const BenchmarkVariant& variant,
                                const JobRequest& words, const ImportRequest& request,
                                Occasion occasion, Diagnostics& out) {
  return BenchmarkPlanner(inputs, file, entry, variant, words, occasion, out).run(request);
}

PlanInputFile input_file(const Sources& sources, SourceId source) {
  return {std::string(sources.name(source)), sha256(sources.text(source))};
}

}  // namespace ipucnn
