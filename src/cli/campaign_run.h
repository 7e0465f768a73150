#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/input_files.h"
#include "ipucnn/run_campaign.h"

namespace ipucnn::cli {

/// What the words say of a campaign. `usual_name`: its name without --name; `parent`: the folder
/// that holds its own.
CampaignWords campaign_words(std::string_view usual_name, std::string parent,
                             const SplitArgv& split, const Streams& streams, const World& world);

/// Runs it, every case as `run` would, and prints its table, or what --format names. The exit
/// status of the program.
int run_and_print(std::vector<CampaignCase> cases, const CampaignWords& words,
                  const InputFiles& files, const SplitArgv& split, const Streams& streams);

/// `run --sweep`: every point of the job as a campaign of its own; of a dry run what it would hand
/// to a scheduler.
int run_sweep(const Job& job, const InputFiles& files, const SplitArgv& split,
              const Streams& streams);

}  // namespace ipucnn::cli
