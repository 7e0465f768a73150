#include "cli/campaign_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "base/text.h"
#include "cli/bench_cases.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "cli/run_plans.h"
#include "ipucnn/job_plans.h"
#include "ipucnn/local_run.h"

namespace ipucnn::cli {
namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& path) {
  std::error_code code;
  const fs::path whole = fs::absolute(path, code);
  return code ? path : whole.lexically_normal().string();
}

class CampaignRun {
 public:
  CampaignRun(std::vector<CampaignCase> cases, const CampaignWords& words, const InputFiles& files,
              const SplitArgv& split, const Streams& streams)
      : cases_(std::move(cases)),
        words_(words),
        files_(files),
        split_(split),
        streams_(streams),
        job_streams_(streams) {
    // Words that are meant for the campaign, and not for each of its runs.
    std::erase_if(split_.given, [](const Given& given) {
      return given.row->id == Option::Name || given.row->id == Option::Resume;
    });
    // What stands on standard output is the result.
    job_streams_.out = [](std::string_view) {};
    job_streams_.out_is_terminal = false;
  }

  std::optional<CampaignEnd> run() {
    for (CampaignCase& one : cases_) look_ahead(one);
    items_ = items_of(cases_, words_.repeat);
    if (preflight_is(split_, "only")) return end();
    std::optional<CampaignEnd> ended;
    files_.world.with_machine(split_.has(Option::Verbose), [&](Machine& machine) {
      if (begin(machine) && start_all(machine) && keep_results()) ended = end();
      return kDone;
    });
    return ended;
  }

 private:
  // --- before the first start ---

  /// The plan as `run` would start it; absent, with findings said, when it cannot be.
  std::optional<StartableRun> startable(const CampaignCase& one) {
    Diagnostics found;
    std::vector<PlannedRun> planned;
    planned.push_back({*one.plan, one.parent, one.files});
    auto ready = prepare(std::move(planned), files_.world, found);
    if (!ready.empty() && !preflight_is(split_, "skip"))
      found.add(preflight_of(ready.front(), one.at, files_.world));
    print_findings(found, files_.sources, split_, streams_, files_.world);
    for (const Diagnostic& d : found.all())
      if (d.severity == Severity::Error) {
        refusal_ = fmt::format("{}: {}", finding_info(d.id).id, d.message);
        return std::nullopt;
      }
    if (ready.empty()) return std::nullopt;
    return std::move(ready.front());
  }

  void look_ahead(CampaignCase& one) {
    if (!one.plan || startable(one)) return;
    one.plan.reset();
    one.refusal = refusal_;
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
    if (!settle(machine)) return false;
    say(streams_, fmt::format("suite {}: {} of {} to start", folder_, items_left().size(),
                              counted(static_cast<std::int64_t>(items_.size()), "run")));
    return true;
  }

  /// Takes up what the process before this one has left: a run that it did not see the end of may
  /// be done all the same, and its guard may still be ending it.
  bool settle(Machine& machine) {
    std::set<std::string> ours;
    for (const CampaignItem& item : items_) ours.insert(item.id);
    std::size_t unknown = 0;
    for (const auto& [id, record] : journal_->state().items) unknown += ours.count(id) == 0 ? 1 : 0;
    if (unknown > 0)
      say(streams_,
          fmt::format("{} of the journal is none of these jobs any more, or not as it was",
                      counted(static_cast<std::int64_t>(unknown), "run")));
    for (const CampaignItem& item : items_) {
      const ItemRecord* record = journal_->find(item.id);
      if (record == nullptr || record->state != ItemRecord::State::Running) continue;
      const std::string run = record->run;
      if (!wait_for(run)) return fail(fmt::format("processes of {} go on; end them first", run));
      std::string error;
      const auto kept = read_record(run, error);
      const std::string state = kept && !kept->goes_on ? kept->state : std::string("lost");
      if (!journal_->ended(item, state, machine.clock.utc(), error)) return fail(error);
    }
    return true;
  }

  /// Until nothing of a run is left on this host.
  static bool wait_for(const std::string& run) {
    constexpr std::chrono::milliseconds kBetween(50);
    constexpr int kMost = 20 * 60;  // a minute, which is twice the usual grace
    for (int i = 0; i < kMost; ++i) {
      if (marked_processes(run).empty()) return true;
      std::this_thread::sleep_for(kBetween);
    }
    return false;
  }

  std::vector<CampaignItem> items_left() const {
    std::vector<CampaignItem> left;
    for (const CampaignItem& item : items_) {
      const ItemRecord* record = journal_->find(item.id);
      if (record == nullptr || !record->is_done()) left.push_back(item);
    }
    return left;
  }

  // --- the starts ---

  bool start_all(Machine& machine) {
    std::int64_t failures = 0;
    const std::vector<CampaignItem> left = items_left();
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (words_.max_failures && failures >= *words_.max_failures) {
        say(streams_, fmt::format("{} failed, so {} not begun", counted(failures, "start"),
                                  counted(static_cast<std::int64_t>(left.size() - i), "run") +
                                      (left.size() - i == 1 ? " is" : " are")));
        return true;
      }
      const CampaignCase& one = cases_[left[i].of];
      say(streams_,
          fmt::format("{} of {}: {}{}", i + 1, left.size(), printable(one.name),
                      words_.repeat > 1 ? fmt::format(", start {}", left[i].number) : ""));
      const auto status = start(left[i], one, machine);
      if (!status) return false;
      if (*status == kInterrupted || *status == kTerminated) {
        interrupted_ = *status;
        return true;
      }
      if (*status != kDone) ++failures;
      constexpr std::chrono::seconds kBetweenResults(5);
      if (const Time now = machine.clock.now(); now - kept_ > kBetweenResults) {
        kept_ = now;
        if (!keep_results()) return false;
      }
    }
    return true;
  }

  /// The status of one start; absent when the journal cannot be written.
  std::optional<int> start(const CampaignItem& item, const CampaignCase& one, Machine& machine) {
    std::string error;
    if (!journal_->begun(item, one.name, machine.clock.utc(), error)) return failed(error);
    const auto ready = startable(one);
    if (!ready) {
      if (!journal_->ended(item, end_name(NotStarted{}), machine.clock.utc(), error))
        return failed(error);
      return kJobFailed;
    }
    std::string run;
    bool kept = true;
    const int status =
        run_one(*ready, split_, machine, job_streams_, files_.world, [&](const std::string& path) {
          run = absolute(path);
          kept = journal_->running(item, run, error);
        });
    if (!kept) return failed(error);
    std::string unsaid;
    const auto record = run.empty() ? std::nullopt : read_record(run, unsaid);
    // A log that is cut off is no result, however the job ended.
    const bool good = record && (status == kDone) == (record->state == end_name(Done{}));
    const std::string end = good ? record->state : std::string(end_name(Failed{}));
    if (!journal_->ended(item, end, machine.clock.utc(), error)) return failed(error);
    return status;
  }

  std::optional<int> failed(const std::string& error) {
    fail(error);
    return std::nullopt;
  }

  bool fail(const std::string& error) {
    say(streams_, error);
    return false;
  }

  // --- results ---

  std::vector<CaseResult> results() const {
    return results_of(cases_, items_, journal_ ? journal_->state() : JournalState{});
  }

  bool keep_results() {
    const std::vector<CaseResult> all = results();
    std::string error;
    for (const auto& [name, text] : {std::pair{"results.json", campaign_json(all, words_.name)},
                                     {"results.csv", campaign_csv(all)},
                                     {"results.xml", campaign_junit(all)}})
      if (!write_file(folder_ + "/" + name, text, error)) return fail(error);
    return true;
  }

  CampaignEnd end() const {
    CampaignEnd ended{results(), kDone};
    for (const CaseResult& result : ended.results) {
      for (const FigureResult& figure : result.figures)
        if (figure.fulfilment == Fulfilment::Missed)
          ended.status = std::max(ended.status, kFindings);
      if (!result.refusal.empty()) ended.status = std::max(ended.status, kFindings);
    }
    if (journal_)
      for (const CaseResult& result : ended.results)
        if (result.refusal.empty() && !result.is_done()) ended.status = kJobFailed;
    if (interrupted_) ended.status = *interrupted_;
    return ended;
  }

  std::vector<CampaignCase> cases_;
  const CampaignWords& words_;
  const InputFiles& files_;
  SplitArgv split_;  ///< as each run is given it
  const Streams& streams_;
  Streams job_streams_;
  std::vector<CampaignItem> items_;
  std::string refusal_;
  std::string folder_;
  std::optional<Journal> journal_;
  std::optional<int> interrupted_;
  Time kept_{};
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
  streams.out(format == "json"       ? campaign_json(end.results, name)
              : format == "csv"      ? campaign_csv(end.results)
              : format == "junit"    ? campaign_junit(end.results)
              : format == "markdown" ? campaign_markdown(end.results, old_tool)
                                     : campaign_text(end.results, old_tool));
  return end.status;
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
                            runs_folder(split, files.world, runs_dir_of(*first, files)), 1,
                            std::nullopt, split.has(Option::Resume)};
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
