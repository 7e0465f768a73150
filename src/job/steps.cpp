// The steps of one point of a job: values first, then target, launch settings and arithmetic.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "job/known_profiles.h"
#include "job/parts.h"

namespace ipucnn {
namespace job {
namespace {

/// Where what has no better place is said: a preset is not written for every purpose, so what it
/// lacks for another one comes of the word that asked for the purpose.
Span place_of(const JobRequest& request, const PurposeSpec& purpose, const FlatPreset* preset) {
  const auto& word = request.purpose;
  const bool own =
      purpose.name == "train" || purpose.name == "validation" || !purpose.preset_group.empty();
  if (word && !request.purpose_assumed && word->at.source <= kEnvironment &&
      word->text == purpose.name && !own)
    return word->at;
  return preset ? preset->at : Span{};
}

/// The preset of the same name that a purpose's script reads.
PresetRef read_by(const PurposeSpec& purpose, const PresetRef& chosen, const Catalog& catalog) {
  const AppId id = parse_app_id(chosen.application);
  if (chosen.upstream || id.group == purpose.preset_group) return chosen;
  PresetRef found = chosen;
  for (const PresetRef& ref : catalog.find_presets(chosen.name.text(), id))
    if (parse_app_id(ref.application).group == purpose.preset_group) found = ref;
  return found;
}

/// The preset that was made last: the steps of one follow each other.
struct NewestPreset {
  Node name;
  std::string_view application;
  std::string_view schema;
  std::string_view group;
  bool compared = false;  ///< with the application's own configs.yml
  std::shared_ptr<const FlatPreset> preset;
};

/// The preset as the script of this step reads it. False when it cannot be read.
bool take_preset(const Choice& choice, const Catalog& catalog, Extent extent, JobStep& step,
                 Diagnostics& out) {
  if (!choice.preset) return true;
  // A second step has a script of its own.
  const PresetRef ref = read_by(step.purpose, *choice.preset, catalog);
  const std::string_view schema = choice.schema->id();
  const bool compared = extent != Extent::Figures;
  NewestPreset& newest = catalog.memo().of<NewestPreset>();
  if (newest.preset == nullptr || newest.name.record_at() != ref.name.record_at() ||
      newest.application != ref.application || newest.schema != schema ||
      newest.group != step.purpose.preset_group || newest.compared != compared) {
    auto flat = flatten(catalog, ref, out);
    if (!flat) return false;
    const AppId id = parse_app_id(schema);
    if (compared)
      flat->written_out =
          why_written_out(catalog, {id.name, id.release, step.purpose.preset_group}, *flat);
    newest = {ref.name, ref.application,
              schema,   step.purpose.preset_group,
              compared, std::make_shared<const FlatPreset>(std::move(*flat))};
  }
  step.preset = newest.preset;
  return true;
}

std::optional<FlatProfile> profile_of(const Catalog& catalog, const Entry& profile,
                                      std::string_view step, Diagnostics& out) {
  auto& known = catalog.memo().of<KnownProfiles>().flat;
  const NodeRecord* body = profile.body.record_at();
  for (const KnownProfiles::Flat& one : known)
    if (one.body == body && one.step == step) return one.profile;
  auto flat = flatten_profile(catalog, profile, step, out);
  if (flat) known.push_front({body, std::string(step), *flat});
  return flat;
}

/// A folder for data that only this machine's environment names is not known to files, so that
/// every machine sees the same commands.
std::optional<std::string> data_folder(const Surroundings& around, Occasion occasion) {
  if (occasion == Occasion::Files || occasion == Occasion::Import || !around.variable)
    return std::nullopt;
  auto folder = around.variable("DATA_DIR");
  return folder && folder->empty() ? std::nullopt : folder;
}

/// What a sweep sets by a key as the application spells it: its words have underscores for hyphens.
Word spelled_here(const JobStep& step, const JobRequest& request, const Word& set) {
  const AppSchema& schema = step.schema();
  const std::string_view script = step.purpose.script;
  const bool swept =
      std::any_of(request.swept.begin(), request.swept.end(),
                  [&](const Word& value) { return value.at == set.at && value.text == set.text; });
  const std::size_t equals = set.text.find('=');
  const std::string key = set.text.substr(0, equals);
  if (!swept || schema.option(key, script, Facts()) != nullptr) return set;
  for (const OptionSpec& option : schema.options(script, Facts()))
    if (replace_char(option.key, '-', '_') == key)
      return {std::string(option.key) + set.text.substr(equals), set.at};
  return set;
}

void take_words(const JobRequest& request, const JobStep* before, JobStep& step) {
  ResolveInput& input = *step.input;
  input.unsets = request.unsets;
  input.launch = request.launch;
  if (const auto& folder = request.app_dir)
    input.launch.insert(input.launch.begin(), {"app_dir=" + folder->text, folder->at});
  input.allowed_unknown = request.allowed_unknown;
  input.for_slurm = request.for_slurm;
  input.for_kubernetes = request.for_kubernetes;
  step.requests.target = request.target;
  step.requests.hosts = request.hosts;
  step.requests.ipus = request.ipus;
  step.requests.keep = request.keep;
  if (before != nullptr) {
    input.before = &before->settings;
    return;
  }
  for (const Word& set : request.sets) input.sets.push_back(spelled_here(step, request, set));
  input.overrides = request.overrides;
  step.requests.instances = request.instances;
  step.requests.global_batch = request.global_batch;
}

/// Words that choose the preset behind our back would leave a plan without its figures. A script
/// that is given none by us may take the name of one for itself.
void refuse_preset_words(const JobStep& step, Diagnostics& out) {
  const auto typed = [&](const OptionSpec* option) -> const Setting* {
    const Setting* set = option ? step.settings.find(option->name()) : nullptr;
    return set != nullptr && set->origin.kind == OriginKind::CommandLine ? set : nullptr;
  };
  const auto preset = step.schema().preset_option();
  if (const Setting* set = typed(preset); set != nullptr && step.purpose.takes_preset)
    out.add(FindingId::K072, set->origin.at,
            fmt::format("{} among the script's own words chooses the preset, whose values are then "
                        "not known here",
                        preset->flag))
        .help = fmt::format("write --config {} in front of `--`", value_text(set->value));
  const auto file = step.schema().preset_file_option();
  if (const Setting* set = typed(file))
    out.add(FindingId::K072, set->origin.at,
            fmt::format("{} names a file of presets, which is not read here", file->flag))
        .help = fmt::format("write --presets {}; --config-file hands it on to the script",
                            value_text(set->value));
}

}  // namespace

std::unique_ptr<JobStep> make_step(const JobRequest& request, const Choice& choice,
                                   const PurposeSpec& purpose, const Catalog& catalog,
                                   const Surroundings& around, const JobStep* before,
                                   Occasion occasion, Extent extent, Diagnostics& out) {
  auto step = std::make_unique<JobStep>();
  step->purpose = purpose;
  step->program = around.program;
  if (request.script) {
    // The request may go before the step does.
    step->script = request.script->text;
    step->purpose.name = step->purpose.script = step->purpose.program = step->script;
  }
  step->flat = request.flat;
  step->config_file = request.config_file && !request.flat;
  if (!take_preset(choice, catalog, extent, *step, out)) return nullptr;
  auto profile = profile_of(catalog, choice.profile, purpose.name, out);
  auto job = flatten_job(catalog, request.entry, purpose.name, out);
  if (!profile || !job) return nullptr;
  step->profile = std::move(*profile);
  step->job = std::move(*job);

  ResolveInput& input = step->input.emplace(ResolveInput{catalog, *choice.schema, step->purpose});
  input.preset = step->preset.get();
  input.place = place_of(request, purpose, step->preset.get());
  input.site = choice.site;
  input.profile = &step->profile;
  if (request.entry) input.job = &step->job;
  input.sweep_point = request.sweep_point;
  input.data_dir = data_folder(around, occasion);
  input.self = step->program;
  input.descriptors = around.descriptors;
  for (const LookedUpHosts& file : around.hostfiles)
    if (file.hosts) input.hostfiles.push_back({file.path, *file.hosts});
  take_words(request, before, *step);
  // A configs.yml under check may be the very one that the script will read.
  const bool planned = occasion == Occasion::DryRun || occasion == Occasion::Start ||
                       (step->preset && !step->preset->upstream);
  input.writes_preset_out =
      planned && step->preset &&
      (step->flat || (!step->preset->written_out.empty() && !step->config_file));
  input.judges_preset = extent != Extent::Figures;
  step->settings = resolve(input, out);
  if (before == nullptr && !request.command && !request.script) refuse_preset_words(*step, out);
  return step;
}

/// "batch_size=2_precision=16.16": what a shell and a file system take as it is.
static std::string folder_of(const std::string& label) {
  std::string folder = label;
  for (char& c : folder) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("=.,_-+").find(c) != std::string_view::npos;
    if (!plain) c = '_';
  }
  return folder;
}

void hand_on(const JobPoint& point, const Choice& choice, JobStep& from, JobStep& to) {
  const JobRequest& request = point.request;
  const AppSchema& schema = *choice.schema;
  const auto output = schema.key_of(QuantityName::OutputDir, from.purpose.script);
  const auto restore = schema.key_of(QuantityName::RestorePath, to.purpose.script);
  if (!output || !restore || !to.purpose.needs(QuantityName::RestorePath)) return;
  const Effective effective(schema, from.purpose.script, from.settings);
  if (!effective.option(*output)) return;
  const Setting* set = from.settings.find(*output);
  std::string folder = set == nullptr ? "" : value_text(set->value);
  const Origin origin{OriginKind::Derived, schema.at(), "the next step starts from it"};
  if (folder.empty()) {
    const std::string_view name = request.entry   ? request.entry.name.text()
                                  : choice.preset ? choice.preset->name.text()
                                                  : schema.name();
    folder = fmt::format("logs/{}", name);
    if (!point.label.empty()) folder += "/" + folder_of(point.label);
    from.settings.assign(*output, single(folder, origin.at), origin);
  }
  to.settings.assign(*restore, single(std::move(folder), origin.at), origin);
  apply_values(from.purpose.node.find("handing_on"), "the next step starts from it", from.settings);
}

bool find_figures(JobStep& step, Diagnostics& out) {
  const ResolveInput& input = *step.input;
  const auto target = choose_target(input, step.requests, step.settings, out);
  if (!target) return false;
  step.target = *target;
  auto launch = resolve_launch(input, step.target.target, out);
  if (!launch) return false;
  step.launch = std::move(*launch);
  step.geometry = derive(input, step.requests, step.settings, step.launch, step.target, out);
  apply_geometry(input.schema, step.geometry, step.settings, step.purpose.script);
  apply_executable_cache(Effective(input.schema, step.purpose.script, step.settings),
                         step.geometry.launcher, step.settings, step.launch);
  if (step.geometry.launcher != "poprun") return true;
  const auto several = [](const std::optional<Quantity>& count) {
    return count && count->value > 1;
  };
  if (several(step.geometry.ipus_per_replica))
    apply_values(step.purpose.node.find("split_under_poprun"), "a replica of several IPUs",
                 step.settings);
  if (several(step.geometry.stages))
    apply_values(step.purpose.node.find("staged_under_poprun"), "a replica of several stages",
                 step.settings);
  return true;
}

}  // namespace job

CheckInput JobStep::check_input() const {
  return {*input, requests, settings, launch, target, geometry, flat};
}

PlanInput JobStep::plan_input(PlanDetail detail) const {
  return {*input, settings, launch, target, geometry, flat, config_file, detail};
}

}  // namespace ipucnn
