#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "ipucnn/emit.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

/// Adds what is to be read to the sources. Absent, with `error` set, when there is nothing.
std::optional<SourceId> source_of(Sources& sources, const SplitArgv& split, std::string& error) {
  if (split.positionals.empty()) {
    if (split.overrides.empty()) error = "import needs a file, or a command behind `--`";
    return split.overrides.empty() ? std::nullopt : std::optional(kCommandLine);
  }
  const std::string& path = split.positionals.front().text;
  auto text = path == "-" ? read_standard_input(error) : read_file(path, error);
  if (!text) return std::nullopt;
  return sources.add(path == "-" ? "standard input" : path, std::move(*text));
}

std::vector<ImportedJob> read_commands(InputFiles& files, const SplitArgv& split, SourceId source) {
  if (source != kCommandLine) return commands_of(files, split, source);
  ImportRequest request = import_request(split);
  request.begin = split.overrides.front().at.column - 1;
  request.everything = true;
  return import_commands(files.catalog, files.sources, source, request, files.findings);
}

struct Results {
  std::string jobs;
  std::vector<JobPlan> plans;
  std::vector<std::string> left_out{};  ///< FILE:LINE of each command
  Diagnostics findings;
};

/// One command: false when it is left out.
bool resolve_one(const InputFiles& files, const SplitArgv& split, const ImportedJob& command,
                 std::vector<Suppression>& leaves, Results& results) {
  if (has_unread_word(command, files.findings)) return false;
  JobRequest request = request_of(command, request_of(split), files.findings, files.sources);
  request.suppressions = leaves;
  Job job = resolve_job(request, files.descriptors, files.around, Occasion::Import);
  const Diagnostics found = job.all_findings();
  const bool faulty = !job.is_legal() || is_faulty(command, results.findings, found);
  results.findings.add(found);
  if (!faulty) {
    Diagnostics differs;
    if (command.at.source == kCommandLine || split.overrides.empty())
      compare_with_line(command, *job.first(), differs);
    results.findings.add(judge(differs, Occasion::Import, job.suppressions, command.at));
    results.jobs += job_yaml(command.entry(), job_options(job.first()->first()));
    for (const JobPoint& point : job.points)
      results.plans.push_back(files.plan(point, PlanDetail::Whole));
  }
  for (std::size_t i = 0; i < leaves.size() && i < job.suppressions.size(); ++i)
    leaves[i].used = job.suppressions[i].used;
  return !faulty;
}

Results resolve_all(const InputFiles& files, const SplitArgv& split,
                    const std::vector<ImportedJob>& commands) {
  Results results;
  std::vector<Suppression> leaves = files.suppressions(split);
  results.findings = judge(files.findings, Occasion::Import, leaves, {});
  for (const ImportedJob& command : commands)
    if (!resolve_one(files, split, command, leaves, results))
      results.left_out.push_back(
          fmt::format("{}:{}", files.sources.name(command.at.source), command.at.line));
  report_unused_words(leaves, results.findings);
  return results;
}

}  // namespace

int cmd_import(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto format_word = split.value(Option::Format);
  const std::string format = format_word ? format_word->text : "shell";

  InputFiles files(split, world);
  if (const auto status = read_or_say(files, {request_of(split)}, split, streams)) return *status;
  std::string error;
  const auto source = source_of(files.sources, split, error);
  if (!source) return usage(streams, error, split);
  const std::vector<ImportedJob> jobs = read_commands(files, split, *source);
  const Results results = resolve_all(files, split, jobs);
  print_findings(results.findings, files.sources, split, streams, world);
  if (jobs.empty()) say(streams, "no training command was read");
  if (!results.left_out.empty())
    say(streams, fmt::format("left out: {} ({})",
                             counted(static_cast<std::int64_t>(results.left_out.size()), "command"),
                             join(results.left_out, ", ")));
  if (!split.has(Option::Plan)) {
    if (!results.jobs.empty()) streams.out("jobs:\n" + results.jobs);
  } else if (!results.plans.empty()) {
    const auto artifacts = emit(results.plans, format);
    if (format == "argv" && artifacts->size() > 1)
      return usage(streams, "--format argv holds one command, and there are several", split);
    for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
  }
  const bool complete = !jobs.empty() && results.left_out.empty();
  return results.findings.has_errors() || !complete ? kFindings : kDone;
}

}  // namespace ipucnn::cli
