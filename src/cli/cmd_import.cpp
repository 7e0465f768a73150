#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/input_files.h"
#include "cli/request.h"
#include "cli/run_plans.h"
#include "ipucnn/imported_job.h"
#include "ipucnn/job_plans.h"
#include "ipucnn/text_file.h"
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
  auto text = read_named_text(path, error);
  if (!text) return std::nullopt;
  return sources.add(name_of_text(path), std::move(*text));
}

std::vector<ImportedJob> read_commands(InputFiles& files, const SplitArgv& split, SourceId source) {
  ImportRequest request = import_request(split);
  if (source != kCommandLine) return commands_of(files, source, request);
  request.begin = split.overrides.front().at.column - 1;
  request.everything = true;
  return import_commands(files.catalog, files.sources, source, request, files.findings);
}

/// The jobs as entries of a file.
std::string jobs_text(const ResolvedCommands& resolved) {
  std::string text;
  for (const auto& [command, job] : resolved.legal)
    text += job_yaml(command->entry(), job_options(job.first()->first()));
  return text.empty() ? text : "jobs:\n" + text;
}

std::vector<JobPlan> plans_of(const ResolvedCommands& resolved, const InputFiles& files) {
  std::vector<JobPlan> plans;
  for (const auto& [command, job] : resolved.legal)
    for (PlannedPoint& planned : plans_of(job, PlanDetail::Whole, files))
      plans.push_back(std::move(planned.plan));
  return plans;
}

}  // namespace

int cmd_import(const SplitArgv& split, const Streams& streams, const World& world) {
  InputFiles files(split, world);
  JobRequest words = request_of(split);
  if (const auto status = read_or_say(files, {words}, split, streams)) return *status;
  std::string error;
  const auto source = source_of(files.sources, split, error);
  if (!source) return usage(streams, error, split);
  const std::vector<ImportedJob> commands = read_commands(files, split, *source);
  words.suppressions = files.suppressions(split);
  const ResolvedCommands resolved = resolve_commands(files, commands, words);
  print_findings(resolved.findings, files.sources, split, streams, world);
  if (commands.empty()) say(streams, "no training command was read");
  const auto& left_out = resolved.left_out;
  if (!left_out.empty())
    say(streams, fmt::format("left out: {} ({})",
                             counted(static_cast<std::int64_t>(left_out.size()), "command"),
                             join(left_out, ", ")));
  if (!split.has(Option::Plan)) {
    streams.out(jobs_text(resolved));
  } else if (!resolved.legal.empty() && !print_plans(plans_of(resolved, files), split, streams)) {
    return kUsage;
  }
  const bool complete = !commands.empty() && left_out.empty();
  return resolved.findings.has_errors() || !complete ? kFindings : kDone;
}

}  // namespace ipucnn::cli
