#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/campaign.h"
#include "ipucnn/startable_run.h"

namespace ipucnn {

/// How a campaign is run.
struct CampaignWords {
  std::string name;    ///< of its folder, and by which it is found again
  std::string parent;  ///< folder that holds its own
  std::int64_t repeat = 1;
  std::optional<std::int64_t> max_failures{};  ///< after so many failed starts nothing is begun
  bool resume = false;                         ///< go on with the newest of this name
  std::size_t in_flight = 1;                   ///< runs that a scheduler has at a time
  bool only_preflight = false;                 ///< nothing is started
  bool quiet = false;                          ///< nothing is said of how far it is
  StartSettings start{};                       ///< of each of its runs
  /// Gets the lines of the logs of runs that go on side by side, too; empty: nobody does.
  std::function<void(std::string_view)> log{};
};

/// What a campaign asks of whoever runs it.
struct CampaignHost {
  virtual ~CampaignHost() = default;
  /// What a case is started by, with nothing in the way of it. Absent when it cannot be started:
  /// what is wrong is said then, and the first of it put into `refusal`.
  virtual std::optional<StartableRun> make_ready(const CaseWork& work, const CampaignCase& of,
                                                 std::string& refusal) = 0;
  /// Calls with what runs use of the system, for as long as the call takes.
  virtual void with_machine(const std::function<void(Machine&)>& use) = 0;
  /// What shows a run that goes on alone; it tells `began` the run's folder.
  virtual std::unique_ptr<Watcher> display_of(const StartableRun& run,
                                              std::function<void(const std::string&)> began) = 0;
  /// A sentence for people.
  virtual void say(std::string_view text) = 0;
};

/// What came of it.
struct CampaignEnd {
  CampaignResults results;
  RunOutcome outcome = RunOutcome::Done;  ///< of all that was to be started
  bool misses = false;                    ///< a bound is missed, or a case cannot be started
};

/// Starts every case that is legal, each as a run in a folder of its own. On this host one follows
/// the other, a scheduler has several at a time. Cases that cannot be made ready become illegal.
/// Every change stands in the journal of the campaign's folder first; the results are kept beside
/// it, now and then and at the end. Absent when one of them cannot be written or a run of it goes
/// on elsewhere, which is said.
std::optional<CampaignEnd> run_campaign(std::vector<CampaignCase> cases, const CampaignWords& words,
                                        CampaignHost& host);

/// The items that a campaign would start: with `resume` without those that are done.
std::vector<CampaignItem> items_to_start(const std::vector<CampaignCase>& cases,
                                         const CampaignWords& words);
/// The same items as they would be started: those together that Slurm can have as one array, where
/// it is what starts them.
std::vector<std::vector<CampaignItem>> start_groups(const std::vector<CampaignCase>& cases,
                                                    const std::vector<CampaignItem>& items,
                                                    const CampaignWords& words, Via via);

/// The folder, by its name, of the campaign that a run belongs to and that its process is running;
/// it lies beside the run's. Absent: there is none.
std::optional<std::string> campaign_of(const KeptRecord& run);

}  // namespace ipucnn
