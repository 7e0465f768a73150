#include <fmt/format.h>

#include "base/text.h"
#include "cli/bench_cases.h"
#include "cli/campaign_run.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/campaign_text.h"
#include "ipucnn/emit.h"
#include "ipucnn/job_plans.h"

namespace ipucnn::cli {
namespace {

/// The commands, or what a scheduler is handed, each behind a comment with its name, or the plans
/// as JSON.
int print_dry_run(const CampaignCases& bench, const CampaignWords& words, const SplitArgv& split,
                  const Streams& streams) {
  const std::vector<CampaignItem> items = items_to_start(bench.cases, words);
  std::vector<JobPlan> plans;
  const bool json = format_of(split) == "json";
  if (json)
    for (const CampaignItem& item : items)
      plans.push_back(work_of(bench.cases[item.of], item.number)->plan);
  else
    campaign_scripts(bench.cases, items, words, via_of(split), streams.out);
  if (!plans.empty()) {
    const auto artifacts = emit(plans, "json");
    for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
  }
  int status = kDone;
  for (const CampaignCase& one : bench.cases) {
    if (one.work) continue;
    status = kFindings;
    say(streams, fmt::format("{} is left out: {}", printable(one.name), printable(one.refusal)));
  }
  return status;
}

}  // namespace

int cmd_bench(const SplitArgv& split, const Streams& streams, const World& world) {
  InputFiles files(split, world);
  int status = kDone;
  const Occasion occasion = split.has(Option::DryRun) ? Occasion::DryRun : Occasion::Start;
  auto bench = bench_cases(files, split, streams, occasion, status);
  if (!bench) return status;
  print_findings(bench->findings, files.sources, split, streams, world);
  if (!bench->left_out.empty())
    say(streams, fmt::format("left out, as they take days unless they are named: {}",
                             printable(join(bench->left_out, ", "))));
  const CampaignWords words =
      campaign_words("suite", runs_folder(split, world, runs_dir_of(request_of(split), files)),
                     split, streams, world);
  if (bench->cases.empty()) return bench->findings.has_errors() ? kFindings : kDone;
  if (split.has(Option::DryRun)) return print_dry_run(*bench, words, split, streams);
  const int status_of_all = run_and_print(std::move(bench->cases), words, files, split, streams);
  return status_of_all == kDone && bench->findings.has_errors() ? kFindings : status_of_all;
}

}  // namespace ipucnn::cli
