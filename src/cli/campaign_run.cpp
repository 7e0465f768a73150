#include "cli/campaign_run.h"

#include <fmt/format.h>

#include "cli/bench_cases.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/campaign_text.h"
#include "ipucnn/job_plans.h"
#include "ipucnn/resume.h"

namespace ipucnn::cli {
namespace {

/// Makes cases ready as `run` does, and shows their runs as it does.
class HostOfWords final : public CampaignHost {
 public:
  HostOfWords(const InputFiles& files, const SplitArgv& split, const Streams& streams)
      : files_(files), split_(split), streams_(streams), of_jobs_(streams) {
    // What stands on standard output is the result.
    of_jobs_.out = [](std::string_view) {};
    of_jobs_.out_is_terminal = false;
  }

  std::optional<StartableRun> make_ready(const CaseWork& work, const CampaignCase& of,
                                         std::string& refusal) override {
    const Via via = via_of(split_);
    if (refusal = why_not(via, work.plan); !refusal.empty()) return std::nullopt;
    Diagnostics found;
    std::vector<PlannedRun> planned;
    planned.push_back({work.plan, work.parent, work.files});
    planned.back().via = via;
    // Only a second step takes what lies there, and the runs are many.
    planned.back().begins_anew = split_.has(Option::Resume) && work.plan.steps.size() > 1 &&
                                 was_left_off(work.parent, work.plan, std::nullopt);
    auto ready = prepare(std::move(planned), files_.world, found);
    if (!ready.empty() && !preflight_is(split_, "skip"))
      found.add(preflight_of(ready.front(), of.at, files_.world));
    print_findings(found, files_.sources, split_, streams_, files_.world);
    for (const Diagnostic& d : found.all())
      if (d.severity == Severity::Error) {
        refusal = fmt::format("{}: {}", finding_info(d.id).id, d.message);
        return std::nullopt;
      }
    if (ready.empty()) return std::nullopt;
    return std::move(ready.front());
  }

  void with_machine(const std::function<void(Machine&)>& use) override {
    const MachineWanted wanted{via_of(split_), split_.has(Option::Verbose)};
    files_.world.with_machine(wanted, [&](Machine& machine) {
      use(machine);
      return kDone;
    });
  }

  std::unique_ptr<Watcher> display_of(const StartableRun& run, FolderTold began) override {
    return std::make_unique<Display>(
        of_jobs_, display_style(of_jobs_, run.plan.made().label, split_.has(Option::Quiet),
                                std::move(began)));
  }

  void say(std::string_view text) override { cli::say(streams_, text); }

 private:
  const InputFiles& files_;
  const SplitArgv& split_;
  const Streams& streams_;
  Streams of_jobs_;
};

int end_status(const CampaignEnd& end) {
  if (end.outcome != RunOutcome::Done) return status_of(end.outcome);
  return end.misses ? kFindings : kDone;
}

}  // namespace

CampaignWords campaign_words(std::string_view usual_name, std::string parent,
                             const SplitArgv& split, const Streams& streams, const World& world) {
  constexpr std::int64_t kInFlight = 10;
  CampaignWords words;
  const auto name = split.value(Option::Name);
  words.name = name ? name->text : usual_name;
  words.parent = std::move(parent);
  words.repeat = split.number(Option::Repeat).value_or(1);
  words.max_failures = split.number(Option::MaxFailures);
  words.resume = split.has(Option::Resume);
  words.in_flight = static_cast<std::size_t>(split.number(Option::InFlight).value_or(kInFlight));
  words.only_preflight = preflight_is(split, "only");
  words.quiet = split.has(Option::Quiet);
  words.start = start_settings(split, world);
  // These two are meant for the campaign, and not for each of its runs.
  words.start.name = std::nullopt;
  words.start.settings.resume = false;
  if (split.has(Option::Verbose)) words.log = streams.err;
  return words;
}

int run_and_print(std::vector<CampaignCase> cases, const CampaignWords& words,
                  const InputFiles& files, const SplitArgv& split, const Streams& streams) {
  HostOfWords host(files, split, streams);
  const auto end = run_campaign(std::move(cases), words, host);
  if (!end) return kJobFailed;
  // `run` has formats of its own, which are for a dry run.
  const std::string_view format = split.command->text == "run" ? "" : format_of(split);
  campaign_as(format, end->results, words.name, split.has(Option::AsExamplesUtils), streams.out);
  return end_status(*end);
}

int run_sweep(const Job& job, const InputFiles& files, const SplitArgv& split,
              const Streams& streams) {
  const JobPoint* first = job.first();
  const auto subject = [&]() -> std::string {
    for (const Option option : {Option::Job, Option::Config, Option::App})
      if (const auto word = split.value(option)) return word->text;
    return "job";
  };
  CampaignCases sweep;
  add_points(job, subject(), first != nullptr ? first->preset_at : Span{},
             case_input(files, split, {}, Occasion::Start), sweep);
  Diagnostics findings = files.findings;
  findings.add(sweep.findings);
  print_findings(findings, files.sources, split, streams, files.world);
  if (first == nullptr || job.findings.has_errors()) return kFindings;
  const CampaignWords words =
      campaign_words("sweep", runs_folder(split, files.world, runs_dir_of(*first, files)), split,
                     streams, files.world);
  if (split.has(Option::DryRun)) {
    for (const CampaignCase& one : sweep.cases) {
      const auto work = one.work ? one.work() : nullptr;
      const std::string why = work ? why_not(via_of(split), work->plan) : "";
      if (!why.empty()) return usage(streams, why, split);
    }
    campaign_scripts(sweep.cases, items_to_start(sweep.cases, words), words, via_of(split),
                     streams.out);
    return job.is_legal() ? kDone : kFindings;
  }
  return run_and_print(std::move(sweep.cases), words, files, split, streams);
}

}  // namespace ipucnn::cli
