#pragma once

#include <string_view>
#include <vector>

#include "ipucnn/run_campaign.h"

namespace ipucnn {

/// These starts, each behind its name: its commands, or what a scheduler is handed. Where some make
/// an array that is a shell script which writes their files and submits them.
void campaign_scripts(const std::vector<CampaignCase>& cases,
                      const std::vector<CampaignItem>& items, const CampaignWords& words, Via via,
                      const TextSink& out);

/// The results in a format of `bench`; as text in any other. `old_tool` is that of campaign_text.
void campaign_as(std::string_view format, const CampaignResults& results, const std::string& name,
                 bool old_tool, const TextSink& out);

}  // namespace ipucnn
