#include "cli/campaign_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cli/bench_cases.h"
#include "cli/campaign_array.h"
#include "cli/campaign_starts.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/job_plans.h"
#include "ipucnn/text_source.h"

namespace ipucnn::cli {
namespace {

class CampaignRun {
 public:
  CampaignRun(std::vector<CampaignCase> cases, const CampaignWords& words, const InputFiles& files,
              const SplitArgv& split, const Streams& streams)
      : cases_(std::move(cases)), words_(words), files_(files), split_(split), streams_(streams) {
    // Words that are meant for the campaign, and not for each of its runs.
    std::erase_if(split_.given, [](const Given& given) {
      return given.row->id == Option::Name || given.row->id == Option::Resume;
    });
  }

  std::optional<CampaignEnd> run() {
    for (CampaignCase& one : cases_) look_ahead(one);
    items_ = items_of(cases_, words_.repeat);
    for (CampaignCase& one : cases_) std::string().swap(one.identity);  // the items have it
    if (preflight_is(split_, "only")) return end();
    std::optional<CampaignEnd> ended;
    MachineWanted wanted(split_.has(Option::Verbose));
    wanted.via = via_of(split_);
    files_.world.with_machine(wanted, [&](Machine& machine) {
      if (begin(machine) && start_all(machine) && keep_results()) ended = end();
      return kDone;
    });
    return ended;
  }

 private:
  // --- before the first start ---

  void look_ahead(CampaignCase& one) {
    std::shared_ptr<const CaseWork> work = one.work ? one.work() : nullptr;
    if (work && !startable(*work, one.at, files_, split_, streams_, one.refusal)) {
      one.work = nullptr;
      work = nullptr;
    }
    results_.add(waiting_result(one, work.get(), words_.repeat));
  }

  bool begin(Machine& machine) {
    std::string error;
    if (words_.resume) {
      if (const auto newest = newest_campaign(words_.parent, words_.name)) folder_ = *newest;
      if (folder_.empty())
        say(streams_,
            fmt::format("{} holds no suite '{}'; it begins anew", words_.parent, words_.name));
    }
    if (folder_.empty()) {
      auto made =
          RunFolder::create(words_.parent, machine.clock.utc(), "bench-" + words_.name, error);
      if (!made) return fail(error);
      folder_ = made->path();
    }
    auto journal = Journal::open(folder_, words_.name, machine.writer, machine.clock.utc(), error);
    if (!journal) return fail(error);
    journal_.emplace(std::move(*journal));
    if (journal_->state().unread > 0)
      say(streams_,
          fmt::format("{} of the journal was torn and does not count",
                      counted(static_cast<std::int64_t>(journal_->state().unread), "line")));
    say_unknown();
    const CampaignStarts all = starts();
    if (!settle_starts(all, machine)) return false;
    say(streams_, fmt::format("suite {}: {} of {} to start", folder_, items_left(all).size(),
                              counted(static_cast<std::int64_t>(items_.size()), "run")));
    return true;
  }

  void say_unknown() const {
    std::set<std::string> ours;
    for (const CampaignItem& item : items_) ours.insert(item.id);
    std::size_t unknown = 0;
    for (const auto& [id, record] : journal_->state().items) unknown += ours.count(id) == 0 ? 1 : 0;
    if (unknown > 0)
      say(streams_,
          fmt::format("{} of the journal is none of these jobs any more, or not as it was",
                      counted(static_cast<std::int64_t>(unknown), "run")));
  }

  CampaignStarts starts() {
    return {cases_,
            items_,
            words_,
            folder_,
            files_,
            split_,
            streams_,
            *journal_,
            [this] { return keep_results(); },
            [this](std::size_t of, const CaseWork& work) {
              update_result(cases_, items_, journal_->state(), of, work, results_);
            }};
  }

  bool start_all(Machine& machine) {
    return machine.backend.scheduler().empty()
               ? start_in_turn(starts(), machine, interrupted_)
               : start_side_by_side(starts(), machine, interrupted_);
  }

  bool fail(const std::string& error) {
    say(streams_, error);
    return false;
  }

  // --- results ---

  void update() {
    if (journal_) update_results(cases_, items_, journal_->state(), results_);
  }

  bool keep_results() {
    update();
    const std::pair<const char*, TextSource> files[] = {
        {"results.json", [&](const TextSink& out) { campaign_json(results_, words_.name, out); }},
        {"results.csv", [&](const TextSink& out) { campaign_csv(results_, out); }},
        {"results.xml", [&](const TextSink& out) { campaign_junit(results_, out); }},
        {"results.html",
         [&](const TextSink& out) { campaign_html(results_, words_.name, false, out); }}};
    std::string error;
    for (const auto& [name, text] : files)
      if (!write_file(folder_ + "/" + name, text, error)) return fail(error);
    return true;
  }

  CampaignEnd end() {
    update();
    CampaignEnd ended;
    bool all_done = true;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      const CaseResult result = results_.at(i);
      for (const FigureResult& figure : result.figures)
        if (figure.fulfilment == Fulfilment::Missed)
          ended.status = std::max(ended.status, kFindings);
      if (!result.refusal.empty()) ended.status = std::max(ended.status, kFindings);
      all_done = all_done && (!result.refusal.empty() || result.is_done());
    }
    if (journal_ && !all_done) ended.status = kJobFailed;
    if (interrupted_) ended.status = *interrupted_;
    ended.results = std::move(results_);
    return ended;
  }

  std::vector<CampaignCase> cases_;
  const CampaignWords& words_;
  const InputFiles& files_;
  SplitArgv split_;  ///< as each run is given it
  const Streams& streams_;
  std::vector<CampaignItem> items_;
  CampaignResults results_;
  std::string folder_;
  std::optional<Journal> journal_;
  std::optional<int> interrupted_;
};

}  // namespace

std::optional<CampaignEnd> run_campaign(std::vector<CampaignCase> cases, const CampaignWords& words,
                                        const InputFiles& files, const SplitArgv& split,
                                        const Streams& streams) {
  return CampaignRun(std::move(cases), words, files, split, streams).run();
}

int print_campaign(const CampaignEnd& end, const std::string& name, const SplitArgv& split,
                   const Streams& streams) {
  // `run` has formats of its own, which are for a dry run.
  const std::string_view format = split.command->text == "run" ? "" : format_of(split);
  const bool old_tool = split.has(Option::AsExamplesUtils);
  if (format == "json")
    campaign_json(end.results, name, streams.out);
  else if (format == "csv")
    campaign_csv(end.results, streams.out);
  else if (format == "junit")
    campaign_junit(end.results, streams.out);
  else if (format == "html")
    campaign_html(end.results, name, old_tool, streams.out);
  else if (format == "markdown")
    campaign_markdown(end.results, old_tool, streams.out);
  else
    campaign_text(end.results, old_tool, streams.out);
  return end.status;
}

std::size_t in_flight_of(const SplitArgv& split) {
  constexpr std::int64_t kUsual = 10;
  return static_cast<std::size_t>(split.number(Option::InFlight).value_or(kUsual));
}

int run_sweep(const Job& job, const InputFiles& files, const SplitArgv& split,
              const Streams& streams) {
  const JobPoint* first = job.first();
  const auto subject = [&]() -> std::string {
    for (const Option option : {Option::Job, Option::Config, Option::App})
      if (const auto word = split.value(option)) return word->text;
    return "job";
  };
  BenchCases sweep;
  add_points(job, subject(), first != nullptr ? first->preset_at : Span{}, files, split, sweep);
  Diagnostics findings = files.findings;
  findings.add(sweep.findings);
  print_findings(findings, files.sources, split, streams, files.world);
  if (first == nullptr || job.findings.has_errors()) return kFindings;
  const auto name = split.value(Option::Name);
  const CampaignWords words{name ? name->text : "sweep",
                            runs_folder(split, files.world, runs_dir_of(*first, files)),
                            1,
                            std::nullopt,
                            split.has(Option::Resume),
                            in_flight_of(split)};
  if (split.has(Option::DryRun)) {
    for (const CampaignCase& one : sweep.cases) {
      const auto work = one.work ? one.work() : nullptr;
      const std::string why = work ? why_not(via_of(split), work->plan) : "";
      if (!why.empty()) return usage(streams, why, split);
    }
    print_scripts(sweep.cases, items_to_start(sweep.cases, words), words, split, streams);
    return job.is_legal() ? kDone : kFindings;
  }
  const auto end = run_campaign(std::move(sweep.cases), words, files, split, streams);
  return end ? print_campaign(*end, words.name, split, streams) : kJobFailed;
}

std::vector<CampaignItem> items_to_start(const std::vector<CampaignCase>& cases,
                                         const CampaignWords& words) {
  std::vector<CampaignItem> items = items_of(cases, words.repeat);
  const auto folder =
      words.resume ? newest_campaign(words.parent, words.name) : std::optional<std::string>();
  if (!folder) return items;
  std::string text;
  std::string unsaid;
  read_log(
      *folder + "/" + kJournal, [&](std::string_view piece) { text += piece; }, unsaid);
  const JournalState state = read_journal(text);
  std::erase_if(items, [&](const CampaignItem& item) {
    const auto known = state.items.find(item.id);
    return known != state.items.end() && known->second.is_done();
  });
  return items;
}

}  // namespace ipucnn::cli
