#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/run_campaign.h"

namespace ipucnn::campaigning {

/// Thrown where a run has its folder, to leave it before anything of it is started: the journal
/// does not take it.
struct JournalFails {
  std::string why;
};

/// What the starts of a campaign work with.
struct CampaignStarts {
  const std::vector<CampaignCase>& cases;
  const std::vector<CampaignItem>& items;
  const CampaignWords& words;
  const std::string& folder;  ///< of the campaign
  CampaignHost& host;
  Journal& journal;
  std::function<bool()> keep_results;  ///< called now and then; false: they cannot be written
  /// Told when a start of a case has ended, and by what it was run.
  std::function<void(std::size_t, const CaseWork&)> ended;
};

/// Whether it is done as the journal has it, and nothing of its run is there any more.
bool has_lost_its_run(const ItemRecord& item);

/// Writes the end of those into the journal that the process before this one did not see the end
/// of, and of those whose runs are gone. What a scheduler still has stays as it is. False, which is
/// said, when the journal cannot be written or something of them goes on here.
bool settle_starts(const CampaignStarts& starts, Machine& machine);

/// The items that are to be started yet.
std::vector<CampaignItem> items_left(const CampaignStarts& starts);

/// Starts them one after the other; false, which is said, when the journal or the results cannot be
/// written. `interrupted` gets what an interrupted one came to, which ends the others, too.
bool start_in_turn(const CampaignStarts& starts, Machine& machine,
                   std::optional<RunOutcome>& interrupted);

/// The same through a scheduler, which has some of them at a time; first those are followed that it
/// was handed before.
bool start_side_by_side(const CampaignStarts& starts, Machine& machine,
                        std::optional<RunOutcome>& interrupted);

/// The absolute path of a run's folder, as journals have it.
std::string whole_path(const std::string& path);

/// Starts a run and follows it up to its end.
RunOutcome run_case(const StartableRun& run, const CampaignStarts& starts, Machine& machine,
                    Watcher& watcher);

/// Puts the end of a start into the journal. `done`: its run did all its work.
bool note_end(const CampaignStarts& starts, const CampaignItem& item, const std::string& run,
              bool done, Machine& machine);

/// Whether so many starts have failed that nothing more is to be begun, which is said.
bool too_many_failures(const CampaignStarts& starts, std::int64_t failures, std::size_t left);

/// Says which item is begun.
void say_begun(const CampaignStarts& starts, const CampaignItem& item, std::size_t number,
               std::size_t of);

/// Keeps the results now and then, never longer than a tenth of the time.
class ResultKeeper {
 public:
  explicit ResultKeeper(const CampaignStarts& starts) : starts_(starts) {}
  bool keep_sometimes(Clock& clock);
  Time next() const { return next_; }

 private:
  const CampaignStarts& starts_;
  Time next_{};
};

}  // namespace ipucnn::campaigning
