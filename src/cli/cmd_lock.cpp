#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/lock_file.h"
#include "ipucnn/emit.h"
#include "ipucnn/record.h"

namespace ipucnn::cli {

int cmd_lock(const SplitArgv& split, const Streams& streams, const World& world) {
  InputFiles files(split, world);
  std::string error;
  const auto scope = read_scope(files, split, error);
  if (!error.empty()) return usage(streams, error, split);
  if (scope && !scope->texts.empty())
    return usage(streams, "lock takes files of presets, no text with commands", split);
  if (scope && !files.findings.has_errors() && names_nothing(files, *scope)) {
    say(streams,
        "nothing to lock: there is no ipucnn.yml in this folder or above it.\n"
        "Name files or --config PRESET; --builtin locks the presets that ipucnn ships");
    return kDone;
  }
  Diagnostics findings = files.findings;
  std::vector<LockEntry> entries;
  if (scope) {
    const auto presets = preset_subjects(scope->words, scope->named, files.descriptors);
    entries = lock_entries(files, presets, shell_text, findings);
  }
  if (findings.has_errors()) {
    print_findings(findings, files.sources, split, streams, world);
    return kFindings;
  }
  const std::string path = lock_path(world);
  if (!write_file(path, lock_text(entries), error)) return usage(streams, error, split);
  say(streams, fmt::format("{} holds {}", path,
                           counted(static_cast<std::int64_t>(entries.size()), "command")));
  return kDone;
}

}  // namespace ipucnn::cli
