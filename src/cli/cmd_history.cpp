#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/preflight.h"
#include "cli/request.h"
#include "ipucnn/history.h"

namespace ipucnn::cli {

int cmd_history(const SplitArgv& split, const Streams& streams, const World& world) {
  std::vector<std::string> subjects;
  for (const Word& word : split.positionals) subjects.push_back(word.text);
  std::vector<std::string> metrics;
  for (const Word& word : split.values(Option::Metric)) metrics.push_back(word.text);
  const std::string folder = runs_folder(split, world);
  const auto runs = list_or_say(folder, streams);
  if (!runs) return kUsage;
  for (const KeptRecord& run : *runs)
    if (!run.log_error.empty()) say(streams, run.folder_name + ": " + run.log_error);
  const auto histories = histories_of(*runs, subjects, metrics);
  if (histories.empty()) {
    say(streams, fmt::format("{} holds no run that is done and has such a figure{}", folder,
                             subjects.empty() ? "" : " of " + join(subjects, ", ")));
    return subjects.empty() && metrics.empty() ? kDone : kUsage;
  }
  print_result(streams, format_of(split), history_text(histories, format_of(split)));
  return kDone;
}

}  // namespace ipucnn::cli
