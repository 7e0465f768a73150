#include "cli/request.h"

#include <algorithm>

namespace ipucnn::cli {

JobRequest request_of(const SplitArgv& split) {
  JobRequest request;
  request.preset = split.value(Option::Config);
  request.application = split.value(Option::App);
  request.job = split.value(Option::Job);
  request.purpose = split.value(Option::Purpose);
  request.then = split.value(Option::Then);
  for (const Given& given : split.given)
    if (given.row->id == Option::CompileFirst) request.compile_first = given.flag;
  request.presets = split.values(Option::Presets);
  request.target = split.value(Option::Target);
  request.site = split.value(Option::Site);
  request.profile = split.value(Option::LaunchProfile);
  request.app_dir = split.value(Option::AppDir);
  request.instances = split.value(Option::Instances);
  request.hosts = split.value(Option::Hosts);
  request.ipus = split.value(Option::Ipus);
  request.global_batch = split.value(Option::GlobalBatch);
  request.keep = split.value(Option::Keep);
  request.sets = split.values(Option::Set);
  request.unsets = split.values(Option::Unset);
  request.overrides = split.overrides;
  request.launch = split.values(Option::Launch);
  request.sweeps = split.values(Option::Sweep);
  request.allowed_unknown = split.values(Option::AllowUnknown);
  request.flat = split.has(Option::Flat);
  request.config_file = split.has(Option::ConfigFile);
  const bool named = split.has(Option::Format);
  const std::string_view format = named ? format_of(split) : format_for(via_of(split));
  request.for_slurm = format == "sbatch" || via_of(split) == Via::Slurm;
  request.for_kubernetes = format == "k8s" || via_of(split) == Via::Kubernetes;
  return request;
}

Via via_of(const SplitArgv& split) {
  const auto word = split.value(Option::Via);
  return via_named(word ? word->text : "").value_or(Via::Local);
}

AskedFigures asked_figures(const SplitArgv& split) {
  AskedFigures figures;
  figures.micro_batch = split.number(Option::MicroBatch);
  figures.accumulation = split.number(Option::Accumulation);
  figures.replicas = split.number(Option::Replicas);
  figures.ipus_per_replica = split.number(Option::IpusPerReplica);
  figures.global_batch = split.number(Option::GlobalBatch);
  figures.instances = split.number(Option::Instances);
  return figures;
}

std::string_view format_of(const SplitArgv& split) {
  const WordList& formats = find_command(split.command->text)->formats;
  // What is started through a scheduler is what its own form says.
  const std::string_view own = format_for(via_of(split));
  const bool has_own = std::find(formats.begin(), formats.end(), own) != formats.end();
  const std::string_view first = has_own ? own : *formats.begin();
  for (const Given& given : split.given)
    if (given.row->id == Option::Format && given.value)
      return *std::find(formats.begin(), formats.end(), given.value->text);
  return first;
}

ViewFormat view_format(const SplitArgv& split) {
  return format_of(split) == "json" ? ViewFormat::Json : ViewFormat::Text;
}

}  // namespace ipucnn::cli
