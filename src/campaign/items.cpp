#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <map>

#include "base/sha256.h"
#include "ipucnn/campaign.h"

namespace ipucnn {

bool is_chosen(const CampaignCase& one, const std::vector<std::string>& patterns) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
           return pattern == one.name || pattern == one.entry ||
                  ::fnmatch(pattern.c_str(), one.name.c_str(), 0) == 0 ||
                  ::fnmatch(pattern.c_str(), one.entry.c_str(), 0) == 0;
         });
}

std::vector<CampaignItem> items_of(const std::vector<CampaignCase>& cases, std::int64_t repeat) {
  std::vector<CampaignItem> all;
  std::map<std::string, int> of_a_text;  // a case may stand there several times
  for (int number = 1; number <= repeat; ++number)
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const CampaignCase& one = cases[i];
      if (!one.work) continue;
      std::string text = fmt::format("ipucnn.item/1\n{}:{}\n{}\n{}\n", one.name.size(), one.name,
                                     one.identity, number);
      if (const int before = of_a_text[text]++; before > 0)
        text += fmt::format("again {}\n", before);
      constexpr std::size_t kEnough = 16;
      all.push_back({i, number, sha256(text).substr(0, kEnough)});
    }
  return all;
}

}  // namespace ipucnn
