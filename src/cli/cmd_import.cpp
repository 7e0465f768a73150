#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/imported.h"
#include "cli/selection.h"
#include "ipucnn/emit.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {
namespace {

/// Adds what is to be read to the sources. Absent, with `error` set, when there is nothing.
std::optional<SourceId> source_of(Pipeline& pipeline, const SplitArgv& split, std::string& error) {
  if (split.positionals.empty()) {
    if (split.overrides.empty()) error = "import needs a file, or a command behind `--`";
    return split.overrides.empty() ? std::nullopt : std::optional(kCommandLine);
  }
  if (split.positionals.size() > 1) {
    error = "import reads one file, or one command behind `--`";
    return std::nullopt;
  }
  const std::string& path = split.positionals.front().text;
  auto text = path == "-" ? read_standard_input(error) : read_file(path, error);
  if (!text) return std::nullopt;
  return pipeline.sources().add(path == "-" ? "standard input" : path, std::move(*text));
}

std::vector<ImportedJob> read_jobs(Pipeline& pipeline, const SplitArgv& split, SourceId source) {
  if (source != kCommandLine) return import_text(pipeline, split, source);
  ImportRequest request = import_request(split);
  request.begin = split.overrides.front().at.column - 1;
  request.everything = true;
  return import_commands(pipeline.catalog(), pipeline.sources(), source, request,
                         pipeline.findings());
}

/// The script's options as a job holds them: what is no number for the script stays a text.
Settings job_options(const Pipeline& pipeline) {
  const Effective effective(pipeline.schema(), pipeline.purpose().script, pipeline.settings());
  std::vector<const Setting*> given;
  for (const Setting& set : pipeline.settings().all())
    if (set.origin.kind == OriginKind::CommandLine) given.push_back(&set);
  std::stable_sort(given.begin(), given.end(),
                   [](const Setting* a, const Setting* b) { return a->origin.at < b->origin.at; });
  Settings options;
  for (const Setting* set : given) {
    Value value = set->value;
    const auto option = effective.option(set->key);
    const bool number =
        option && (option->type == OptionType::Int || option->type == OptionType::Float);
    for (Scalar& item : value.items) {
      const ScalarType plain = plain_scalar_type(item.text);
      if (number && !value.is_list && (plain == ScalarType::Int || plain == ScalarType::Float))
        item.type = plain;
    }
    options.assign(set->key, std::move(value), set->origin);
  }
  return options;
}

struct Results {
  std::string jobs;
  std::vector<JobPlan> plans;
  std::size_t left_out = 0;
};

Results resolve_all(Pipeline& pipeline, const SplitArgv& split, std::vector<ImportedJob>& jobs) {
  Results results;
  std::vector<Suppression> leaves = given_suppressions(pipeline, split);
  apply_suppressions(leaves, {}, 0, pipeline.findings());
  for (ImportedJob& job : jobs) {
    const std::size_t from = pipeline.findings().all().size();
    const bool finished = resolve_imported(pipeline, split, job);
    drop_start_findings(pipeline.findings(), from, true);
    apply_suppressions(leaves, job.at, from, pipeline.findings());
    if (!finished || is_faulty(job, pipeline.findings(), from)) {
      ++results.left_out;
      continue;
    }
    compare_with_line(pipeline, split, job);
    results.jobs += job_yaml(job.entry(), job_options(pipeline));
    for (JobPlan& plan : pipeline.plans()) results.plans.push_back(std::move(plan));
  }
  // Comments of other files may speak of what is not read here.
  std::erase_if(leaves, [](const Suppression& leave) { return leave.line > 0; });
  report_unused(leaves, pipeline.findings());
  return results;
}

}  // namespace

int cmd_import(const SplitArgv& split, const Streams& streams, const World& world) {
  const auto format_word = split.value(Option::Format);
  const std::string format = format_word ? format_word->text : "shell";
  if (format_word && !split.has(Option::Plan))
    return usage(streams, "--format needs --plan", split);

  const World files_only = without_data_folder(world);
  Pipeline pipeline(files_only);
  if (const auto status = load_or_say(pipeline, split, streams, world)) return *status;
  std::string error;
  const auto source = source_of(pipeline, split, error);
  if (!source) return usage(streams, error, split);
  std::vector<ImportedJob> jobs = read_jobs(pipeline, split, *source);
  const Results results = resolve_all(pipeline, split, jobs);
  print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  if (jobs.empty()) say(streams, "no training command was read");
  if (results.left_out > 0)
    say(streams, fmt::format("left out: {}",
                             counted(static_cast<std::int64_t>(results.left_out), "command")));
  if (!split.has(Option::Plan)) {
    if (!results.jobs.empty()) streams.out("jobs:\n" + results.jobs);
  } else if (!results.plans.empty()) {
    const auto artifacts = emit(results.plans, format);
    if (format == "argv" && artifacts->size() > 1)
      return usage(streams, "--format argv holds one command, and there are several", split);
    for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
  }
  const bool complete = !jobs.empty() && results.left_out == 0;
  return pipeline.findings().has_errors() || !complete ? kFindings : kDone;
}

}  // namespace ipucnn::cli
