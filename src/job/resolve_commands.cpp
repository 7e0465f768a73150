// Commands that were read, as jobs.
#include <fmt/format.h>

#include <utility>

#include "ipucnn/imported_job.h"
#include "job/parts.h"

namespace ipucnn {
namespace job {

std::string place_of(const ImportedJob& command, const Sources& sources) {
  return fmt::format("{}:{}", sources.name(command.at.source), command.at.line);
}

void mark_used(const Job& job, std::vector<Suppression>& suppressions) {
  // What a job allows itself stands behind those it was given.
  for (std::size_t i = 0; i < suppressions.size() && i < job.suppressions.size(); ++i)
    suppressions[i].used = job.suppressions[i].used;
}

}  // namespace job

namespace {

/// Absent when the command is left out.
std::optional<Job> resolve_one(const JobInputs& inputs, const JobRequest& words,
                               const ImportedJob& command, std::vector<Suppression>& leaves,
                               Diagnostics& findings) {
  if (has_unread_word(command, inputs.findings)) return std::nullopt;
  Diagnostics open;
  if (report_open_values(command, open)) {
    findings.add(judge(open, Occasion::Import, leaves, command.at));
    return std::nullopt;
  }
  JobRequest request = request_of(command, words, inputs.findings, inputs.sources);
  request.suppressions = leaves;
  Job job = resolve_job(std::move(request), inputs.descriptors, inputs.around, Occasion::Import);
  const Diagnostics found = job.all_findings();
  const bool legal = job.is_legal() && !is_faulty(command, findings, found);
  findings.add(found);
  if (legal) {
    Diagnostics differs;
    if (command.at.source == kCommandLine || words.overrides.empty())
      compare_with_line(command, *job.first(), inputs.catalog, differs);
    findings.add(judge(differs, Occasion::Import, job.suppressions, command.at));
  }
  job::mark_used(job, leaves);
  return legal ? std::optional(std::move(job)) : std::nullopt;
}

}  // namespace

std::vector<ImportedJob> commands_of(JobInputs& inputs, SourceId source, ImportRequest request) {
  const Sources& sources = inputs.sources;
  request.kind =
      command_source(sources.name(source), sources.text(source)).value_or(CommandSource::Shell);
  return import_commands(inputs.catalog, sources, source, request, inputs.findings);
}

ResolvedCommands resolve_commands(const JobInputs& inputs, const std::vector<ImportedJob>& commands,
                                  const JobRequest& words) {
  ResolvedCommands all;
  std::vector<Suppression> leaves = words.suppressions;
  all.findings = judge(inputs.findings, Occasion::Import, leaves, {});
  for (const ImportedJob& command : commands) {
    auto job = resolve_one(inputs, words, command, leaves, all.findings);
    if (job)
      all.legal.push_back({&command, std::move(*job)});
    else
      all.left_out.push_back(job::place_of(command, inputs.sources));
  }
  report_unused_words(leaves, all.findings);
  return all;
}

}  // namespace ipucnn
