// What a campaign would start, as text.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/campaign_run.h"
#include "cli/request.h"
#include "ipucnn/emit.h"

namespace ipucnn::cli {
namespace {

/// In single quotes for a shell's here-document.
std::string here_document(const std::string& text) {
  std::string end = "END_OF_SCRIPT";
  while (text.find("\n" + end + "\n") != std::string::npos) end += "_";
  return fmt::format("<<'{0}'\n{1}{0}\n", end, text);
}

std::string script_of(const CampaignCase& one, std::string_view format) {
  std::string text;
  const auto artifacts = emit(one.work()->plan, format);
  for (const Artifact& artifact : *artifacts) text += artifact.text;
  return text;
}

std::string shown_name(const CampaignItem& item, const std::vector<CampaignCase>& cases,
                       const CampaignWords& words) {
  return printable(cases[item.of].name) +
         (words.repeat > 1 ? fmt::format(", start {}", item.number) : "");
}

}  // namespace

void print_scripts(const std::vector<CampaignCase>& cases, const std::vector<CampaignItem>& items,
                   const CampaignWords& words, const SplitArgv& split, const Streams& streams) {
  const std::string_view via = format_for(via_of(split));
  const std::string_view format = via.empty() ? "shell" : via;
  const auto groups = start_groups(cases, items, words, via_of(split));
  const bool has_array =
      std::any_of(groups.begin(), groups.end(), [](const auto& group) { return group.size() > 1; });
  if (has_array) streams.out("set -e\n");
  int number = 0;
  for (const auto& group : groups) {
    const CampaignCase& first = cases[group.front().of];
    if (group.size() == 1) {
      streams.out(fmt::format("# {}\n", shown_name(group.front(), cases, words)));
      const std::string script = script_of(first, format);
      streams.out(has_array ? "sbatch " + here_document(script) : script);
      continue;
    }
    const std::string folder = fmt::format("array-{}", ++number);
    streams.out(fmt::format("# {} runs as an array\nmkdir {}\n", group.size(), folder));
    for (std::size_t i = 0; i < group.size(); ++i)
      streams.out(fmt::format("# {}\ncat > {}/{}.sbatch {}", shown_name(group[i], cases, words),
                              folder, i, here_document(script_of(cases[group[i].of], format))));
    const std::string script = batch_array_text(first.work()->plan, group.size(), words.in_flight);
    streams.out(fmt::format("cat > {0}/array.sbatch {1}( cd {0} && sbatch array.sbatch )\n", folder,
                            here_document(script)));
  }
}

}  // namespace ipucnn::cli
