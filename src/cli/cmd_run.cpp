#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

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

/// A step that starts from what the step before writes would take what lay there before, too.
void output_folder_is_new(Pipeline& pipeline, const World& world) {
  const auto key = pipeline.schema().key_of(QuantityName::OutputDir);
  if (!pipeline.has_next_step() || !key) return;
  const Setting* set = pipeline.settings().find(*key);
  if (set == nullptr) return;
  std::string path = value_text(set->value);
  const std::string_view start = pipeline.launch().text("app_dir");
  if (path.empty() || path.find("${env:") != path.npos || start.find("${env:") != start.npos)
    return;
  if (path.front() != '/') path = (start.empty() ? world.folder : std::string(start)) + "/" + path;
  if (::access(path.c_str(), F_OK) != 0) return;
  const auto option = pipeline.schema().option(*key, pipeline.purpose().script,
                                               [](std::string_view) { return std::nullopt; });
  pipeline.findings()
      .add(FindingId::L030, set->origin.at,
           fmt::format("{} is there already, and the next step takes what lies in it", path))
      .help =
      fmt::format("take it away, or name another folder with {}", option ? option->flag : *key);
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

/// What a dry run lets pass and a start would not.
std::vector<Blocked> blocked_by(Pipeline& pipeline) {
  auto& all = pipeline.findings().all();
  const std::size_t known = all.size();
  pipeline.demand_choice();
  std::vector<Blocked> blocked;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Diagnostic& d = all[i];
    const bool about_data = d.id == FindingId::D001 || d.id == FindingId::D002;
    if (i < known && !(about_data && d.severity == Severity::Warning)) continue;
    const bool placed = d.at.line > 0;
    blocked.push_back({std::string(finding_info(d.id).id), d.message,
                       placed ? std::string(pipeline.sources().name(d.at.source)) : "",
                       std::int64_t{d.at.line}, std::int64_t{d.at.column}, d.help});
  }
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(known), all.end());
  return blocked;
}

/// Without a known folder the reader must be told where the command belongs.
void say_where_to_start(const Pipeline& pipeline, const Streams& streams) {
  const LaunchSettings& launch = pipeline.launch();
  if (!launch.text("app_dir").empty() || !launch.text("script_dir").empty()) return;
  // A program of several words is a wrapper, which finds the script in its own way.
  if (launch.list("programs." + std::string(launch.text("python"))).size() > 1) return;
  const std::string_view folder = pipeline.purpose().directory;
  say(streams, fmt::format("start it where {} is{}", pipeline.purpose().script,
                           folder.empty() ? "" : fmt::format(" ({} of the checkout)", folder)));
}

int print_dry_run(const std::vector<JobPlan>& plans, const Pipeline& pipeline,
                  std::string_view format, const Streams& streams, const SplitArgv& split) {
  const auto artifacts = emit(plans, format);
  if (format == "argv" && artifacts->size() > 1)
    return usage(streams, "--format argv holds one command, and this job has several", split);
  for (const Artifact& artifact : *artifacts) streams.out(artifact.text);
  if (format == "shell") say_where_to_start(pipeline, streams);
  return kDone;
}

/// The plans with the environment's variables put in; each that is not set is a finding.
std::vector<JobPlan> fill_in(const std::vector<JobPlan>& plans, Diagnostics& findings,
                             const World& world) {
  std::vector<std::string> missing;
  std::vector<JobPlan> filled;
  for (const JobPlan& plan : plans) filled.push_back(substitute(plan, world.variable, missing));
  std::set<std::string_view> told;
  for (const std::string& name : missing)
    if (told.insert(name).second)
      findings.add(FindingId::L005, Span{}, fmt::format("the variable {} is not set", name)).help =
          fmt::format("export {}, or write ${{env:{}:-DEFAULT}} where it is asked for", name, name);
  return filled;
}

}  // namespace

int cmd_run(const SplitArgv& split, const Streams& streams, const World& world) {
  const bool dry_run = split.has(Option::DryRun);
  const auto format_word = split.value(Option::Format);
  const std::string format = format_word ? format_word->text : "shell";
  if (format_word && !dry_run) return usage(streams, "--format needs --dry-run", split);
  if (!split.positionals.empty())
    return usage(streams,
                 fmt::format("run takes no word '{}'; a preset is given with --config",
                             split.positionals.front().text),
                 split);

  Pipeline pipeline(world);
  if (const auto status = load_or_say(pipeline, split, streams, world)) return *status;
  const bool finished = pipeline.resolve(split, split.value(Option::Config));
  if (finished) {
    pipeline.preview_validation(split);
    judge_data_findings(pipeline.findings(), dry_run, !pipeline.launch().text("label").empty());
    if (!dry_run) {
      pipeline.demand_choice();
      output_folder_is_new(pipeline, world);
    }
    if (!split.has(Option::Flat)) note_written_out(pipeline, split.has(Option::ConfigFile));
    allow_findings(pipeline, split);
  }
  std::vector<JobPlan> plans;
  std::vector<JobPlan> filled;
  if (finished && !pipeline.findings().has_errors()) {
    const bool words = dry_run && format != "json";
    plans = pipeline.plans(words ? PlanDetail::Words : PlanDetail::Whole);
    if (dry_run && !words)
      for (JobPlan& plan : plans) plan.blocked = blocked_by(pipeline);
    if (!dry_run) filled = fill_in(plans, pipeline.findings(), world);
  }
  print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  if (!finished || pipeline.findings().has_errors()) return kFindings;
  if (dry_run) return print_dry_run(plans, pipeline, format, streams, split);
  for (std::size_t i = 0; i < plans.size(); ++i)
    if (const int status = start(plans[i], filled[i], i, pipeline, streams, world); status != kDone)
      return status;
  return kDone;
}

}  // namespace ipucnn::cli
