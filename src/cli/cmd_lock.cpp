#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/lock_file.h"
#include "cli/selection.h"
#include "ipucnn/record.h"

namespace ipucnn::cli {

int cmd_lock(const SplitArgv& split, const Streams& streams, const World& world) {
  const World files_only = without_data_folder(world);
  Pipeline pipeline(files_only);
  Diagnostics& findings = pipeline.findings();
  std::string error;
  NamedFiles files;
  if (pipeline.load(split, error)) files = load_files(pipeline, split, error);
  if (!error.empty()) return usage(streams, error, split);
  if (!files.texts.empty())
    return usage(streams, "lock takes files of presets, no text with commands", split);
  std::vector<LockEntry> entries;
  if (files.good) {
    std::vector<Suppression> leaves = given_suppressions(pipeline, split);
    for (const Subject& subject : select_subjects(pipeline, split, files)) {
      const std::size_t from = findings.all().size();
      if (!pipeline.resolve(split, subject.preset, subject.purpose)) continue;
      apply_suppressions(leaves, pipeline.preset_at(), from, findings);
      if (!not_meant_for(split, findings, from))
        entries.push_back(lock_entry(pipeline, subject, from));
      // What is wrong with a command is in its entry, and `check` says it.
      drop_findings(findings, from);
    }
  }
  if (findings.has_errors()) {
    print_findings(findings, pipeline.sources(), split, streams, world);
    return kFindings;
  }
  const std::string path = lock_path(world);
  if (!write_file(path, lock_text(entries), error)) return usage(streams, error, split);
  say(streams, fmt::format("{} holds {}", path,
                           counted(static_cast<std::int64_t>(entries.size()), "command")));
  return kDone;
}

}  // namespace ipucnn::cli
