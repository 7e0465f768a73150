#include "cli/request.h"

#include "ipucnn/numbers.h"

namespace ipucnn::cli {

JobRequest request_of(const SplitArgv& split) {
  JobRequest request;
  request.preset = split.value(Option::Config);
  request.application = split.value(Option::App);
  request.job = split.value(Option::Job);
  request.purpose = split.value(Option::Purpose);
  request.then = split.value(Option::Then);
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
  request.allowed_unknown = split.values(Option::AllowUnknown);
  request.flat = split.has(Option::Flat);
  request.config_file = split.has(Option::ConfigFile);
  return request;
}

AskedFigures asked_figures(const SplitArgv& split, Diagnostics& findings) {
  const auto asked = [&](Option option) -> std::optional<std::int64_t> {
    const auto given =
        resolving::requested(split.value(option), option_row(option).flag(), findings);
    return given ? std::optional(given->value) : std::nullopt;
  };
  AskedFigures figures;
  figures.micro_batch = asked(Option::MicroBatch);
  figures.accumulation = asked(Option::Accumulation);
  figures.replicas = asked(Option::Replicas);
  figures.ipus_per_replica = asked(Option::IpusPerReplica);
  figures.global_batch = asked(Option::GlobalBatch);
  figures.instances = asked(Option::Instances);
  return figures;
}

}  // namespace ipucnn::cli
