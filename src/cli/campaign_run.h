#pragma once

#include <string>
#include <vector>

#include "cli/input_files.h"
#include "ipucnn/campaign.h"

namespace ipucnn::cli {

/// How a campaign is run.
struct CampaignWords {
  std::string name;    ///< of its folder, and by which it is found again
  std::string parent;  ///< folder that holds its own
  std::int64_t repeat = 1;
  std::optional<std::int64_t> max_failures{};  ///< after so many failed starts nothing is begun
  bool resume = false;                         ///< go on with the newest of this name
  std::size_t in_flight = 1;                   ///< runs that a scheduler has at a time
};
/// As --in-flight says.
std::size_t in_flight_of(const SplitArgv& split);

/// What came of it.
struct CampaignEnd {
  CampaignResults results;
  int status = 0;  ///< as the program ends with it
};

/// Starts every case that is legal, each as `run` would: in a folder of its own and after a
/// preflight. On this host one follows the other, a scheduler has several at a time. Cases that
/// cannot be started here become illegal. Every change stands in the journal of the campaign's
/// folder first; the results are kept beside it. Absent when the journal cannot be written, which
/// is said.
std::optional<CampaignEnd> run_campaign(std::vector<CampaignCase> cases, const CampaignWords& words,
                                        const InputFiles& files, const SplitArgv& split,
                                        const Streams& streams);

/// Prints the table of a campaign, or what --format names. The exit status of the program.
int print_campaign(const CampaignEnd& end, const std::string& name, const SplitArgv& split,
                   const Streams& streams);

/// `run --sweep`: every point of the job as a campaign of its own; of a dry run what it would hand
/// to a scheduler.
int run_sweep(const Job& job, const InputFiles& files, const SplitArgv& split,
              const Streams& streams);

/// The items that a campaign would start: with `resume` without those that are done.
std::vector<CampaignItem> items_to_start(const std::vector<CampaignCase>& cases,
                                         const CampaignWords& words);

}  // namespace ipucnn::cli
