// What a campaign came to, read from its journal and from the folders of its runs.
#include <fmt/format.h>

#include <algorithm>

#include "campaign/parts.h"
#include "ipucnn/end.h"

namespace ipucnn {
namespace {

/// The reports of a run that is done; empty where it cannot be read.
std::vector<StepReport> reports_of(const KeptRun& run) {
  std::string unsaid;
  return report_of(run, {}, unsaid).value_or(std::vector<StepReport>());
}

/// What the last try of a run says of its end.
void add_trouble(const KeptRun& run, StartResult& start) {
  for (auto kept = run.tries.rbegin(); kept != run.tries.rend(); ++kept) {
    if (kept->state == end_name(Done{})) continue;
    start.reason = kept->reason;
    start.phase = last_phase(*kept);
    start.messages = kept->messages;
    start.lines = kept->lines;
    return;
  }
}

/// What the old tool makes of the figures, from the last start that is done.
void add_old_figures(const CaseWork& one, const KeptRun& run, std::vector<FigureResult>& figures) {
  if (run.tries.empty()) return;
  const KeptTry& last = run.tries.back();
  const auto step = find_step(run.plan, last.step);
  if (!step) return;
  std::vector<std::string> command;
  for (const Arg& word : run.plan.steps[*step].command.argv) command.push_back(word.shown());
  for (const BenchmarkMetric& metric : one.figures)
    for (FigureResult& figure : figures)
      if (figure.metric == metric.name)
        figure.old = examples_utils_figure(
            {metric.name, metric.expression, metric.skip, metric.reduction}, last.folder, command);
}

}  // namespace

std::string CaseResult::state() const {
  if (!refusal.empty()) return "illegal";
  for (const StartResult& start : starts)
    if (start.state != end_name(Done{})) return start.state;
  const bool silent = std::any_of(figures.begin(), figures.end(), [](const FigureResult& figure) {
    return !figure.missing.empty();
  });
  return std::string(silent ? end_name(Silent{}) : end_name(Done{}));
}

namespace {

/// What else is to be known of a figure's interval stands beside it.
bool is_of_values(std::string_view doubt) {
  for (const std::string_view name :
       {"untagged", "unreadable", "instances_missing", "several_starts"})
    if (doubt == name) return true;
  return false;
}

/// Each once, whichever start it is of.
void add_doubt(const std::string& metric, const Doubt& doubt, std::vector<CaseDoubt>& doubts) {
  if (std::none_of(doubts.begin(), doubts.end(), [&](const CaseDoubt& known) {
        return known.metric == metric && known.name == doubt.name;
      }))
    doubts.push_back(
        {metric, std::string(doubt.name), fmt::format("{}: {}", doubt.says, doubt.remedy)});
}

void add_doubts(const std::vector<std::vector<StepReport>>& starts, CaseResult& result) {
  for (const std::vector<StepReport>& start : starts)
    for (const StepReport& step : start) {
      for (const Doubt& doubt : doubts_of_step(step)) add_doubt("", doubt, result.doubts);
      for (const FigureResult& figure : result.figures) {
        const auto index = step.measured.find(figure.metric);
        if (figure.step != step.step || !index) continue;
        const MetricPattern& metric = step.measured.metrics()[*index];
        const Series series = step.measured.series(*index);
        for (const Doubt& doubt :
             doubts_of(metric, series, summarize(metric, series), step.expected))
          if (is_of_values(doubt.name)) add_doubt(figure.metric, doubt, result.doubts);
      }
    }
}

/// What the journal says of a start.
StartResult start_of(const JournalState& journal, const CampaignItem& item) {
  StartResult start;
  start.state = "waiting";
  const auto known = journal.items.find(item.id);
  if (known == journal.items.end()) return start;
  start.run = known->second.run;
  start.state = known->second.state == ItemRecord::State::Ended ? known->second.end : "running";
  return start;
}

/// The starts of a legal case. The first ones of all legal cases stand in front of all second ones.
std::vector<StartResult> starts_of(const JournalState& journal,
                                   const std::vector<CampaignItem>& items, std::size_t of) {
  std::vector<StartResult> starts;
  const std::size_t of_each =
      items.empty() ? 1 : items.size() / static_cast<std::size_t>(items.back().number);
  for (auto block = items.begin(); block != items.end();
       block += static_cast<std::ptrdiff_t>(of_each)) {
    const auto item =
        std::lower_bound(block, block + static_cast<std::ptrdiff_t>(of_each), of,
                         [](const CampaignItem& one, std::size_t index) { return one.of < index; });
    starts.push_back(start_of(journal, *item));
  }
  return starts;
}

/// Whether a case's starts are over, or not begun, and those that its result was made of.
bool is_up_to_date(const CaseResult& result, const std::vector<StartResult>& starts) {
  return std::equal(starts.begin(), starts.end(), result.starts.begin(), result.starts.end(),
                    [](const StartResult& now, const StartResult& then) {
                      return now.run == then.run && now.state == then.state &&
                             now.state != "running";
                    });
}

void read_runs(const CaseWork& work, CaseResult& result) {
  std::vector<std::vector<StepReport>> reports;
  std::optional<KeptRun> last_done;
  for (StartResult& start : result.starts) {
    std::string unsaid;
    auto run = start.run.empty() ? std::nullopt : read_run(start.run, unsaid);
    if (!run) continue;
    if (start.state != end_name(Done{})) {
      add_trouble(*run, start);
      continue;
    }
    reports.push_back(reports_of(*run));
    last_done = std::move(run);
  }
  result.figures = campaigning::figures_of(work, reports);
  add_doubts(reports, result);
  if (last_done) add_old_figures(work, *last_done, result.figures);
}

CaseResult result_of(const CampaignCase& one, const CaseWork& work,
                     std::vector<StartResult> starts) {
  CaseResult result{one.name, "", work.plan.label, std::move(starts), {}};
  read_runs(work, result);
  return result;
}

}  // namespace

CaseResult waiting_result(const CampaignCase& one, const CaseWork* work, std::int64_t repeat) {
  if (work == nullptr) return {one.name, one.refusal, std::nullopt, {}, {}};
  StartResult waits;
  waits.state = "waiting";
  return result_of(one, *work, {static_cast<std::size_t>(repeat), waits});
}

void update_results(const std::vector<CampaignCase>& cases, const std::vector<CampaignItem>& items,
                    const JournalState& journal, CampaignResults& results) {
  for (std::size_t of = 0; of < cases.size(); ++of) {
    if (!cases[of].work) continue;
    std::vector<StartResult> starts = starts_of(journal, items, of);
    if (!is_up_to_date(results.at(of), starts))
      results.replace(of, result_of(cases[of], *cases[of].work(), std::move(starts)));
  }
}

void update_result(const std::vector<CampaignCase>& cases, const std::vector<CampaignItem>& items,
                   const JournalState& journal, std::size_t of, const CaseWork& work,
                   CampaignResults& results) {
  results.replace(of, result_of(cases[of], work, starts_of(journal, items, of)));
}

}  // namespace ipucnn
