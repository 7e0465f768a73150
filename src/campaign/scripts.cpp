// What a campaign would start, as text.
#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "ipucnn/campaign_text.h"
#include "ipucnn/emit.h"

namespace ipucnn {
namespace {

/// In single quotes for a shell's here-document.
std::string here_document(const std::string& text) {
  std::string end = "END_OF_SCRIPT";
  while (text.find("\n" + end + "\n") != std::string::npos) end += "_";
  return fmt::format("<<'{0}'\n{1}{0}\n", end, text);
}

std::string script_of(const CampaignItem& item, const std::vector<CampaignCase>& cases,
                      std::string_view format) {
  std::string text;
  const auto artifacts = emit(work_of(cases[item.of], item.number)->plan, format);
  for (const Artifact& artifact : *artifacts) text += artifact.text;
  return text;
}

std::string shown_name(const CampaignItem& item, const std::vector<CampaignCase>& cases,
                       const CampaignWords& words) {
  return printable(cases[item.of].name) +
         (words.repeat > 1 ? fmt::format(", start {}", item.number) : "");
}

/// One text of YAML, in which no two manifests have the same name.
void print_manifests(const std::vector<CampaignCase>& cases, const std::vector<CampaignItem>& items,
                     const CampaignWords& words, const TextSink& out) {
  std::set<std::string> names;
  for (const CampaignItem& item : items) {
    const auto work = work_of(cases[item.of], item.number);
    for (const Step& step : work->plan.steps) {
      if (!names.empty()) out("---\n");
      const std::string name = ipujob_name(work->plan, step);
      std::string own = name;
      for (int number = 2; !names.insert(own).second; ++number)
        own = fmt::format("{}-{}", name, number);
      out(fmt::format("# {}\n{}", shown_name(item, cases, words),
                      ipujob_text(work->plan, step, own)));
    }
  }
}

}  // namespace

void campaign_scripts(const std::vector<CampaignCase>& cases,
                      const std::vector<CampaignItem>& items, const CampaignWords& words, Via via,
                      const TextSink& out) {
  if (via == Via::Kubernetes) return print_manifests(cases, items, words, out);
  const std::string_view format = via == Via::Local ? "shell" : format_for(via);
  const auto groups = start_groups(cases, items, words, via);
  // Several batch scripts behind one another would be one, which a shell runs here.
  const bool submits = format == "sbatch";
  if (submits) out("set -e\n");
  int number = 0;
  for (const auto& group : groups) {
    const CampaignCase& first = cases[group.front().of];
    if (group.size() == 1) {
      out(fmt::format("# {}\n", shown_name(group.front(), cases, words)));
      const std::string script = script_of(group.front(), cases, format);
      out(submits ? "sbatch " + here_document(script) : script);
      continue;
    }
    const std::string folder = fmt::format("array-{}", ++number);
    out(fmt::format("# {} runs as an array\nmkdir {}\n", group.size(), folder));
    for (std::size_t i = 0; i < group.size(); ++i)
      out(fmt::format("# {}\ncat > {}/{}.sbatch {}", shown_name(group[i], cases, words), folder, i,
                      here_document(script_of(group[i], cases, format))));
    const std::string script = batch_array_text(first.work()->plan, group.size(), words.in_flight);
    out(fmt::format("cat > {0}/array.sbatch {1}( cd {0} && sbatch array.sbatch )\n", folder,
                    here_document(script)));
  }
}

}  // namespace ipucnn
