#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/pipeline.h"
#include "cli/selection.h"
#include "cli/start.h"
#include "ipucnn/emit.h"

namespace ipucnn::cli {
namespace {

/// What a dry run only warns of stops a real one; a rehearsal reads no data at all.
void judge_data_findings(Diagnostics& findings, bool dry_run, bool rehearsal) {
  const auto about_data = [](const Diagnostic& d) {
    return d.id == FindingId::D001 || d.id == FindingId::D002;
  };
  auto& all = findings.all();
  if (rehearsal) all.erase(std::remove_if(all.begin(), all.end(), about_data), all.end());
  if (dry_run) return;
  for (Diagnostic& d : all)
    if (about_data(d)) d.severity = Severity::Error;
}

std::string formats_text() {
  std::vector<std::string> names;
  for (const std::string_view name : emit_formats()) names.emplace_back(name);
  return join(names, ", ");
}

/// Says which form a preset takes that the script cannot find by its name.
void note_written_out(Pipeline& pipeline, bool config_file) {
  const FlatPreset* preset = pipeline.preset();
  if (preset == nullptr || !pipeline.purpose().takes_preset || preset->written_out.empty() ||
      !pipeline.schema().preset_option())
    return;
  const bool in_file = config_file && pipeline.schema().preset_file_option();
  Diagnostic& d =
      pipeline.findings().add(FindingId::K040, preset->at,
                              fmt::format("{}, so {}", preset->written_out,
                                          in_file ? "a run passes it in a file with --config-path"
                                                  : "every value is written out"));
  if (config_file && !in_file)
    d.help = fmt::format("{} has no option for a file of presets", pipeline.schema().id());
  if (in_file)
    d.help = fmt::format("`ipucnn show {} --format configs` prints the file", preset->name);
}

/// Without a known folder the reader must be told where the command belongs.
void say_where_to_start(const Pipeline& pipeline, const Streams& streams) {
  const LaunchSettings& launch = pipeline.launch();
  if (!launch.text("app_dir").empty() || !launch.text("script_dir").empty()) return;
  // A program of several words is a wrapper, which finds the script in its own way.
  if (launch.list("programs." + std::string(launch.text("python"))).size() > 1) return;
  const auto folder = pipeline.schema().node().find_text("directory");
  say(streams, fmt::format("start it where {} is{}", pipeline.purpose().script,
                           folder ? fmt::format(" ({} of the checkout)", *folder) : ""));
}

int print_dry_run(const JobPlan& plan, const Pipeline& pipeline, std::string_view format,
                  const Streams& streams, const SplitArgv& split) {
  const auto artifacts = emit(plan, format);
  if (format == "argv" && artifacts->size() > 1)
    return usage(streams, "--format argv holds one step, and this job has several", split);
  for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
  if (format == "shell") say_where_to_start(pipeline, streams);
  return kDone;
}

/// The plan with the environment's variables put in; each that is not set is a finding.
JobPlan fill_in(const JobPlan& plan, Diagnostics& findings, const World& world) {
  std::vector<std::string> missing;
  JobPlan filled = substitute(plan, world.variable, missing);
  for (const std::string& name : missing)
    findings.add(FindingId::L005, Span{}, fmt::format("the variable {} is not set", name)).help =
        fmt::format("export {}, or write ${{env:{}:-DEFAULT}} where it is asked for", name, name);
  return filled;
}

}  // namespace

int cmd_run(const SplitArgv& split, const Streams& streams, const World& world) {
  const bool dry_run = split.has("dry-run");
  const auto format_word = split.value("format");
  const std::string format = format_word ? format_word->text : "shell";
  const auto formats = emit_formats();
  if (std::find(formats.begin(), formats.end(), format) == formats.end())
    return usage(streams, fmt::format("--format is one of {}, not '{}'", formats_text(), format),
                 split);
  if (format_word && !dry_run) return usage(streams, "--format needs --dry-run", split);
  if (!split.positionals.empty())
    return usage(streams,
                 fmt::format("run takes no word '{}'; a preset is given with --config",
                             split.positionals.front().text),
                 split);

  Pipeline pipeline(world);
  std::string error;
  if (!pipeline.load(split, error)) {
    if (!error.empty()) return usage(streams, error, split);
    print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
    return kFindings;
  }
  const bool finished = pipeline.resolve(split, split.value("config"));
  if (finished) {
    judge_data_findings(pipeline.findings(), dry_run, !pipeline.launch().text("label").empty());
    if (!split.has("flat")) note_written_out(pipeline, split.has("config-file"));
    allow_findings(pipeline, split);
  }
  JobPlan plan;
  JobPlan filled;
  if (finished && !pipeline.findings().has_errors()) {
    plan = pipeline.plan();
    if (!dry_run) filled = fill_in(plan, pipeline.findings(), world);
  }
  print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  if (!finished || pipeline.findings().has_errors()) return kFindings;
  return dry_run ? print_dry_run(plan, pipeline, format, streams, split)
                 : start(plan, filled, pipeline, streams, world);
}

}  // namespace ipucnn::cli
