#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/lock_file.h"
#include "cli/request.h"
#include "ipucnn/record.h"
#include "ipucnn/subjects.h"

namespace ipucnn::cli {
namespace {

/// The entries of all subjects. What is wrong with a command is in its entry, and `check` says it;
/// one that cannot even be shown is a finding.
std::vector<LockEntry> entries_of(const InputFiles& files, const std::vector<Subject>& subjects,
                                  Diagnostics& findings) {
  std::vector<LockEntry> entries;
  for (const Subject& subject : subjects) {
    const Job job = resolve_job(subject.request, files.descriptors, files.around, Occasion::Files);
    if (job.points.empty() || !job.points.front().shown)
      findings.add(job.all_findings());
    else if (!job.points.front().declined)
      entries.push_back(lock_entry(job.points.front(), shell_text));
  }
  return entries;
}

}  // namespace

int cmd_lock(const SplitArgv& split, const Streams& streams, const World& world) {
  InputFiles files(split, world);
  JobRequest words = request_of(split);
  words.preset.reset();  // several may be named
  std::string error;
  NamedFiles named;
  if (files.read({words}, error)) named = read_positionals(files, split, error);
  if (!error.empty()) return usage(streams, error, split);
  if (!named.texts.empty())
    return usage(streams, "lock takes files of presets, no text with commands", split);
  words.suppressions = files.suppressions(split);
  Diagnostics findings = files.findings;
  std::vector<LockEntry> entries;
  if (named.good)
    entries = entries_of(files,
                         preset_subjects(words, {split.values(Option::Config), {}, named.sources},
                                         files.descriptors),
                         findings);
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
