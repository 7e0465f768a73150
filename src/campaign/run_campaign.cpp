// A campaign from its cases to its results.
#include "ipucnn/run_campaign.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "campaign/starts.h"
#include "ipucnn/text_source.h"

namespace ipucnn {
namespace {

using campaigning::CampaignStarts;

class CampaignRun {
 public:
  CampaignRun(std::vector<CampaignCase> cases, const CampaignWords& words, CampaignHost& host)
      : cases_(std::move(cases)), words_(words), host_(host) {}

  std::optional<CampaignEnd> run() {
    for (CampaignCase& one : cases_) look_ahead(one);
    items_ = items_of(cases_, words_.repeat);
    for (CampaignCase& one : cases_) std::string().swap(one.identity);  // the items have it
    if (words_.only_preflight) return end();
    std::optional<CampaignEnd> ended;
    host_.with_machine([&](Machine& machine) {
      if (begin(machine) && start_all(machine) && keep_results()) ended = end();
    });
    return ended;
  }

 private:
  // --- before the first start ---

  void look_ahead(CampaignCase& one) {
    std::shared_ptr<const CaseWork> work = one.work ? one.work() : nullptr;
    if (work && !host_.make_ready(*work, one, one.refusal)) {
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
        host_.say(
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
      host_.say(fmt::format("{} of the journal was torn and does not count",
                            counted(static_cast<std::int64_t>(journal_->state().unread), "line")));
    say_unknown();
    const CampaignStarts all = starts();
    if (!settle_starts(all, machine)) return false;
    host_.say(fmt::format("suite {}: {} of {} to start", folder_, items_left(all).size(),
                          counted(static_cast<std::int64_t>(items_.size()), "run")));
    return true;
  }

  void say_unknown() const {
    std::set<std::string> ours;
    for (const CampaignItem& item : items_) ours.insert(item.id);
    std::size_t unknown = 0;
    for (const auto& [id, record] : journal_->state().items) unknown += ours.count(id) == 0 ? 1 : 0;
    if (unknown > 0)
      host_.say(fmt::format("{} of the journal {} none of these jobs any more, or not as it was",
                            counted(static_cast<std::int64_t>(unknown), "run"),
                            unknown == 1 ? "is" : "are"));
  }

  CampaignStarts starts() {
    return {cases_,
            items_,
            words_,
            folder_,
            host_,
            *journal_,
            [this] { return keep_results(); },
            [this](std::size_t of, const CaseWork& work) {
              update_result(cases_, items_, journal_->state(), of, work, results_);
            }};
  }

  bool start_all(Machine& machine) {
    const CampaignStarts all = starts();
    return machine.backend.scheduler().empty() ? start_in_turn(all, machine, interrupted_)
                                               : start_side_by_side(all, machine, interrupted_);
  }

  bool fail(const std::string& error) {
    host_.say(error);
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
        ended.misses = ended.misses || figure.fulfilment == Fulfilment::Missed;
      ended.misses = ended.misses || !result.refusal.empty();
      all_done = all_done && (!result.refusal.empty() || result.is_done());
    }
    if (journal_ && !all_done) ended.outcome = RunOutcome::Failed;
    if (interrupted_) ended.outcome = *interrupted_;
    ended.results = std::move(results_);
    return ended;
  }

  std::vector<CampaignCase> cases_;
  const CampaignWords& words_;
  CampaignHost& host_;
  std::vector<CampaignItem> items_;
  CampaignResults results_;
  std::string folder_;
  std::optional<Journal> journal_;
  std::optional<RunOutcome> interrupted_;
};

}  // namespace

std::optional<CampaignEnd> run_campaign(std::vector<CampaignCase> cases, const CampaignWords& words,
                                        CampaignHost& host) {
  return CampaignRun(std::move(cases), words, host).run();
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
    return known != state.items.end() && known->second.is_done() &&
           !campaigning::has_lost_its_run(known->second);
  });
  return items;
}

}  // namespace ipucnn
