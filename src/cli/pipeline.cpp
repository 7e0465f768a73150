#include "cli/pipeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.h"
#include "cli/checkout.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/view.h"
#include "resolve/preset_reference.h"

namespace ipucnn::cli {
namespace {

/// A site given as a path rather than by its name.
bool is_path(std::string_view text) {
  const auto ends = [&](std::string_view end) {
    return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
  };
  return text.find('/') != text.npos || ends(".yml") || ends(".yaml");
}

/// Values that the command line fixes make combinations of a sweep the same.
bool same_run(const ResolvedSteps& a, const ResolvedSteps& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    const auto& m = x->settings.all();
    const auto& n = y->settings.all();
    return std::equal(m.begin(), m.end(), n.begin(), n.end(),
                      [](const Setting& s, const Setting& t) {
                        return s.key == t.key && same_value(s.value, t.value);
                      });
  });
}

/// The one preset that these words are about; empty when there may be others.
std::string only_preset(const SplitArgv& split) {
  const std::string command = split.command ? split.command->text : std::string();
  if (command == "check" || command == "lock" || split.has(Option::Diff) || split.has(Option::Job))
    return {};
  std::optional<Word> name = split.value(Option::Config);
  if (command == "show" && split.positionals.size() == 1) name = split.positionals.front();
  return name ? name->text.substr(name->text.find(':') + 1) : std::string();
}

}  // namespace

bool Pipeline::add_file(SourceId source, Layer layer, std::string_view application,
                        std::string_view only) {
  if (!catalog_.add(sources_, source, layer, application, findings_, only)) return false;
  const Catalog::File& file = catalog_.files().back();
  return !file.application.empty() || file.tree.source != source ||
         check_file_schema(file.tree, findings_);
}

bool Pipeline::load_named(const std::string& path, std::string_view application, std::string& usage,
                          std::string_view only) {
  auto text = read_file(path, usage);
  if (!text) return false;
  const SourceId source = sources_.add(path, std::move(*text));
  return add_file(source, Layer::Named, application, only);
}

bool Pipeline::load(const SplitArgv& split, std::string& usage) {
  sources_.set_command_line(split.text);
  sources_.set_environment(split.environment);
  for (const FoundFile& file : standing_files(world_)) {
    auto text = read_file(file.path, usage);
    if (!text) return false;
    const SourceId source = sources_.add(file.path, std::move(*text));
    if (!add_file(source, file.layer, {})) return false;
  }
  const auto app = chosen(split, Option::App, "application");
  for (const Word& path : split.values(Option::Presets))
    if (!load_named(path.text, app ? std::string_view(app->text) : "", usage, only_preset(split)))
      return false;
  if (const auto site = split.value(Option::Site); site && is_path(site->text)) {
    if (!load_named(site->text, {}, usage)) return false;
    const Node sites = root(catalog_.files().back().tree).find("sites");
    sites.each_pair([&](Node name, Node body) { site_of_file_ = {name, body}; });
    if (sites.size() != 1) {
      findings_
          .add(FindingId::Y005, site->at,
               fmt::format("{} holds {} sites, and one is needed", site->text, sites.size()))
          .help = "load it with --presets FILE and name one with --site NAME";
      return false;
    }
  }
  return choose_job(split) && load_checkout(split, usage);
}

bool Pipeline::load_checkout(const SplitArgv& split, std::string& usage) {
  const auto named = split.value(Option::AppDir);
  std::optional<Word> folder = named;
  if (!folder) {
    const auto site = chosen(split, Option::Site, "site");
    const Entry entry = site_of_file_ ? site_of_file_
                        : site        ? catalog_.find(Section::Sites, site->text)
                                      : Entry{};
    // A site's folder can be another machine's, or hold places that only a job fills.
    if (const auto own = entry.body.find_text("app_dir"))
      folder = Word{std::string(*own), entry.body.find("app_dir").at()};
  }
  if (!folder) return true;
  const auto app = chosen(split, Option::App, "application");
  const auto checkout =
      recognise_checkout(catalog_, folder->text, app ? parse_app_id(app->text) : AppId{});
  if (!checkout) {
    if (!named) return true;
    findings_
        .add(FindingId::K042, folder->at,
             fmt::format("{} is no checkout of a known release", folder->text))
        .help = "give the folder of the application's scripts; `ipucnn show apps` lists releases";
    return false;
  }
  checkout_ = checkout->application;
  if (checkout->configs.empty()) return true;
  auto text = read_file(checkout->configs, usage);
  if (!text) return false;
  const SourceId source = sources_.add(checkout->configs, std::move(*text));
  return catalog_.add(sources_, source, Layer::Checkout, checkout_, findings_);
}

bool Pipeline::resolve(const SplitArgv& split, const std::optional<Word>& preset_name) {
  return resolve(split, preset_name, asked(split, Option::Purpose, "purpose"));
}

bool Pipeline::resolve(const SplitArgv& split, const std::optional<Word>& preset_name,
                       const std::optional<Word>& purpose_name) {
  preset_.reset();
  runs_.clear();
  const auto unread = job_.find("preset_in_application");
  const auto preset = preset_name || (unread.is_scalar() && yaml_bool(unread.text()))
                          ? preset_name
                          : asked(split, {}, "preset");
  if (!choose_preset(split, preset)) return false;
  const auto purpose = find_purpose(purpose_name);
  if (!purpose) return false;
  std::optional<PurposeSpec> next;
  if (const auto then = asked(split, Option::Then, "then")) {
    next = find_purpose(then);
    if (!next) return false;
    if (next->name == purpose->name) {
      findings_.add(FindingId::K019, then->at,
                    fmt::format("the step after {} cannot be {} again", purpose->name, next->name));
      return false;
    }
  }
  // Each of these says what is wrong with its own word, so both are asked.
  const bool site = choose_site(chosen(split, Option::Site, "site"));
  const auto profile = choose_profile(asked(split, Option::LaunchProfile, "profile"));
  if (!site || !profile) return false;
  profile_ = *profile;
  flat_ = split.has(Option::Flat);
  config_file_ = split.has(Option::ConfigFile) && !flat_;

  const auto combinations = sweep_points(job_, findings_);
  for (const std::vector<SweepValue>& sweep_point : combinations) {
    ResolvedSteps steps;
    steps.push_back(make_step(split, *purpose, sweep_point, nullptr));
    if (!steps.back()) return false;
    if (next) {
      steps.push_back(make_step(split, *next, sweep_point, steps.front().get()));
      if (!steps.back()) return false;
      hand_on(*steps.front(), *steps.back());
    }
    for (const auto& step : steps)
      if (!finish_step(*step)) return false;
    const bool known = std::any_of(runs_.begin(), runs_.end(), [&](const ResolvedSteps& other) {
      return same_run(steps, other);
    });
    if (!known) runs_.push_back(std::move(steps));
  }
  return !runs_.empty();
}

std::unique_ptr<ResolvedStep> Pipeline::make_step(const SplitArgv& split, PurposeSpec purpose,
                                                  const std::vector<SweepValue>& sweep_point,
                                                  const ResolvedStep* before) {
  auto step = std::make_unique<ResolvedStep>();
  step->purpose = purpose;
  if (preset_) {
    // A second step takes the preset of the same name that its own script reads.
    PresetRef own = *preset_;
    for (const PresetRef& ref :
         catalog_.find_presets(own.name.text(), parse_app_id(own.application)))
      if (!own.upstream && parse_app_id(ref.application).group == purpose.preset_group) own = ref;
    step->preset = flatten(catalog_, own, findings_);
    if (!step->preset) return nullptr;
    const AppId id = parse_app_id(schema_->id());
    step->preset->written_out = resolving::why_written_out(
        catalog_, {id.name, id.release, purpose.preset_group}, *step->preset);
  }
  auto profile = flatten_profile(catalog_, profile_, purpose.name, findings_);
  auto job = flatten_job(catalog_, job_entry_, purpose.name, findings_);
  if (!profile || !job) return nullptr;
  step->profile = std::move(*profile);
  step->job = std::move(*job);

  ResolveInput& input = step->input.emplace(ResolveInput{catalog_, *schema_, purpose});
  input.preset = step->preset ? &*step->preset : nullptr;
  input.site = site_;
  input.profile = &step->profile;
  if (job_entry_) input.job = &step->job;
  input.sweep_point = sweep_point;
  input.data_dir = world_.variable("DATA_DIR");
  if (input.data_dir && input.data_dir->empty()) input.data_dir.reset();
  input.unsets = split.values(Option::Unset);
  input.launch = split.values(Option::Launch);
  if (const auto folder = split.value(Option::AppDir))
    input.launch.insert(input.launch.begin(), {"app_dir=" + folder->text, folder->at});
  input.allowed_unknown = split.values(Option::AllowUnknown);
  input.self = world_.self;
  step->requests = {asked(split, Option::Target, "target"),
                    {},
                    asked(split, Option::Hosts, "hosts"),
                    split.value(Option::Ipus),
                    {},
                    split.value(Option::Keep)};
  if (before == nullptr) {
    input.sets = split.values(Option::Set);
    input.overrides = split.overrides;
    step->requests.instances = split.value(Option::Instances);
    step->requests.global_batch = split.value(Option::GlobalBatch);
  } else {
    input.before = &before->settings;
  }
  auto settings = ipucnn::resolve(input, findings_);
  if (!settings) return nullptr;
  step->settings = std::move(*settings);
  return step;
}

void Pipeline::hand_on(ResolvedStep& from, ResolvedStep& to) {
  const auto output = schema_->key_of(QuantityName::OutputDir);
  const auto restore = schema_->key_of(QuantityName::RestorePath);
  if (!output || !restore || !to.purpose.needs(QuantityName::RestorePath)) return;
  const Effective effective(*schema_, from.purpose.script, from.settings);
  if (!effective.option(*output)) return;
  const Setting* set = from.settings.find(*output);
  std::string folder = set == nullptr ? "" : value_text(set->value);
  const Origin origin{OriginKind::Derived, schema_->at(), "the next step starts from it"};
  if (folder.empty()) {
    const std::string_view name = job_entry_ ? job_entry_.name.text()
                                  : preset_  ? preset_->name.text()
                                             : schema_->name();
    folder = fmt::format("logs/{}", name);
    from.settings.assign(*output, single(folder, origin.at), origin);
  }
  to.settings.assign(*restore, single(std::move(folder), origin.at), origin);
}

bool Pipeline::finish_step(ResolvedStep& step) {
  const ResolveInput& input = *step.input;
  auto target = choose_target(input, step.requests, step.settings, findings_);
  if (!target) return false;
  step.target = std::move(*target);
  auto launch = resolve_launch(input, step.target.target, findings_);
  if (!launch) return false;
  step.launch = std::move(*launch);
  step.geometry = derive(input, step.requests, step.settings, step.launch, step.target, findings_);
  apply_geometry(*schema_, step.geometry, step.settings);
  check(check_input(step), findings_);
  return true;
}

CheckInput Pipeline::check_input(const ResolvedStep& step) const {
  return {*step.input, step.requests, step.settings, step.launch,
          step.target, step.geometry, flat_};
}

PlanInput Pipeline::plan_input(const ResolvedStep& step, PlanDetail detail) const {
  return {*step.input,   step.settings, step.launch,  step.target,
          step.geometry, flat_,         config_file_, detail};
}

/// The files that were read, each once; built-in ones belong to the program.
std::vector<PlanInputFile> Pipeline::input_files() const {
  std::vector<PlanInputFile> all;
  for (const Catalog::File& file : catalog_.files())
    if (file.layer != Layer::BuiltIn)
      all.push_back(
          {std::string(sources_.name(file.tree.source)), sha256(sources_.text(file.tree.source))});
  return all;
}

std::vector<JobPlan> Pipeline::plans(PlanDetail detail) const {
  std::vector<JobPlan> all;
  for (const ResolvedSteps& steps : runs_) {
    JobPlan job = ipucnn::plan(plan_input(*steps.front(), detail));
    for (std::size_t i = 1; i < steps.size(); ++i)
      for (Step& step : ipucnn::plan(plan_input(*steps[i], detail)).steps)
        job.steps.push_back(std::move(step));
    if (detail == PlanDetail::Whole) job.inputs = input_files();
    if (detail == PlanDetail::Whole && passes_config_file())
      job.files.push_back({"configs.yml", preset_yaml(*steps.front()->preset)});
    all.push_back(std::move(job));
  }
  return all;
}

std::optional<int> load_or_say(Pipeline& pipeline, const SplitArgv& split, const Streams& streams,
                               const World& world) {
  std::string error;
  if (pipeline.load(split, error)) return std::nullopt;
  if (!error.empty()) return usage(streams, error, split);
  print_findings(pipeline.findings(), pipeline.sources(), split, streams, world);
  return kFindings;
}

}  // namespace ipucnn::cli
