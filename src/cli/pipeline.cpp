#include "cli/pipeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "cli/checkout.h"
#include "cli/files.h"
#include "ipucnn/shapes.h"
#include "resolve/emission.h"

namespace ipucnn::cli {
namespace {

/// A site given as a path rather than by its name.
bool is_path(std::string_view text) {
  const auto ends = [&](std::string_view end) {
    return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
  };
  return text.find('/') != text.npos || ends(".yml") || ends(".yaml");
}

/// The part of a preset's name before its colon.
struct PresetName {
  AppId application;
  std::string_view name;
};
PresetName parse_preset_name(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return {{}, text};
  return {parse_app_id(text.substr(0, colon)), text.substr(colon + 1)};
}

}  // namespace

bool Pipeline::add_file(SourceId source, Layer layer, std::string_view application) {
  if (!catalog_.add(sources_, source, layer, application, findings_)) return false;
  const Catalog::File& file = catalog_.files().back();
  return !file.application.empty() || file.tree.source != source ||
         check_shapes(file.tree, findings_);
}

bool Pipeline::load_named(const std::string& path, std::string_view application,
                          std::string& usage) {
  auto text = read_file(path, usage);
  if (!text) return false;
  const SourceId source = sources_.add(path, std::move(*text));
  return add_file(source, Layer::Named, application);
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
  const auto app = chosen(split, "app", "application");
  for (const Word& path : split.values("presets"))
    if (!load_named(path.text, app ? std::string_view(app->text) : "", usage)) return false;
  if (const auto site = split.value("site"); site && is_path(site->text)) {
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
  return load_checkout(split, usage);
}

std::optional<Word> Pipeline::chosen(const SplitArgv& split, std::string_view option,
                                     std::string_view default_key) const {
  if (auto word = split.value(option)) return word;
  const Entry entry = catalog_.find_default(default_key);
  if (!entry.body.is_scalar() || entry.body.is_null()) return std::nullopt;
  return Word{std::string(entry.body.text()), entry.body.at()};
}

bool Pipeline::load_checkout(const SplitArgv& split, std::string& usage) {
  const auto named = split.value("app-dir");
  std::optional<Word> folder = named;
  if (!folder) {
    const auto site = chosen(split, "site", "site");
    const Entry entry = site_of_file_ ? site_of_file_
                        : site        ? catalog_.find(Section::Sites, site->text)
                                      : Entry{};
    // A site's folder can be another machine's, or hold places that only a job fills.
    if (const auto own = entry.body.find_text("app_dir"))
      folder = Word{std::string(*own), entry.body.find("app_dir").at()};
  }
  if (!folder) return true;
  const auto app = chosen(split, "app", "application");
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

bool Pipeline::choose_application(const std::optional<Word>& app, const std::vector<Word>& words) {
  if (!app) {
    Diagnostic& d = findings_.add(FindingId::K001, Span{}, "no preset is named");
    d.help = "give --config NAME; `ipucnn show presets` lists them. Without a preset: --app NAME";
    if (!words.empty()) {
      // Whatever is not ours is the application's, so a slip in our own name ends here.
      d.at = words.front().at;
      d.notes.push_back({fmt::format("'{}' is no option of ours", words.front().text), d.at});
    }
    return false;
  }
  const Entry entry = catalog_.find_application(parse_app_id(app->text));
  if (!entry) {
    findings_.add(FindingId::K003, app->at, fmt::format("there is no application '{}'", app->text))
        .help = suggestion(app->text, catalog_.names(Section::Applications));
    return false;
  }
  schema_ = AppSchema::load(entry, findings_);
  return schema_.has_value();
}

bool Pipeline::choose_preset(const SplitArgv& split, const std::optional<Word>& name) {
  std::optional<Word> app = chosen(split, "app", "application");
  if (!checkout_.empty() && !split.value("app")) app = Word{checkout_, Span{}};
  if (!name) return choose_application(app, split.overrides);
  auto [application, bare] = parse_preset_name(name->text);
  if (application.name.empty() && app) application = parse_app_id(app->text);
  std::vector<PresetRef> found = catalog_.find_presets(bare, application);
  if (found.empty()) {
    Diagnostic& d =
        findings_.add(FindingId::K001, name->at, fmt::format("there is no preset '{}'", bare));
    std::vector<std::string_view> names;
    for (const PresetRef& ref : catalog_.presets(application)) names.push_back(ref.name.text());
    d.help = suggestion(bare, names);
    if (d.help.empty()) d.help = "`ipucnn show presets` lists them";
    return false;
  }
  // Of several releases of one application the highest is meant.
  const Entry highest =
      catalog_.find_application({parse_app_id(found.back().application).name, application.release});
  const auto other = std::find_if(found.begin(), found.end(), [&](const PresetRef& ref) {
    return parse_app_id(ref.application).name != parse_app_id(found.back().application).name;
  });
  if (other != found.end()) {
    Diagnostic& d = findings_.add(FindingId::K009, name->at,
                                  fmt::format("several applications have a preset '{}'", bare));
    d.help = "name one:";
    for (const PresetRef& ref : found) d.help += fmt::format(" {}:{}", ref.application, bare);
    return false;
  }
  PresetRef chosen = found.back();
  for (const PresetRef& ref : found)
    if (highest && ref.application == highest.name.text() && ref.layer == chosen.layer)
      chosen = ref;
  const AppId owner = parse_app_id(chosen.application);
  const Entry entry = catalog_.find_application(
      {owner.name, owner.release.empty() ? application.release : owner.release});
  if (!entry) {
    findings_.add(FindingId::K003, name->at,
                  fmt::format("the preset's application '{}' is not known", chosen.application));
    return false;
  }
  schema_ = AppSchema::load(entry, findings_);
  preset_ = flatten(catalog_, chosen, findings_);
  if (schema_ && preset_)
    preset_->written_out =
        resolving::why_written_out(catalog_, parse_app_id(schema_->id()), *preset_);
  return schema_.has_value() && preset_.has_value();
}

bool Pipeline::choose_purpose(const std::optional<Word>& purpose) {
  const std::string_view name = purpose ? std::string_view(purpose->text) : "train";
  purpose_ = schema_->purpose(name);
  if (!purpose_ && !purpose && !schema_->purposes().empty())
    purpose_ = schema_->purpose(schema_->purposes().front());
  if (purpose_) return true;
  findings_
      .add(FindingId::K006, purpose ? purpose->at : Span{},
           fmt::format("{} has no purpose '{}'", schema_->id(), name))
      .help = suggestion(name, schema_->purposes());
  return false;
}

bool Pipeline::choose_site(const std::optional<Word>& site) {
  if (!site) return true;
  site_ = site_of_file_ ? site_of_file_ : catalog_.find(Section::Sites, site->text);
  if (site_) return true;
  Diagnostic& d =
      findings_.add(FindingId::K004, site->at, fmt::format("there is no site '{}'", site->text));
  d.help = suggestion(site->text, catalog_.names(Section::Sites));
  if (d.help.empty()) d.help = "a file is given by a path, as ./my-site.yml";
  return false;
}

bool Pipeline::choose_profile(const std::optional<Word>& profile) {
  std::string_view name = "default";
  Span at;
  if (const auto own = site_.body.find_text("profile")) {
    name = *own;
    at = site_.body.find("profile").at();
  }
  if (profile) {
    name = profile->text;
    at = profile->at;
  } else if (const Entry usual = catalog_.find_default("profile"); usual && at.line == 0) {
    name = usual.body.text();
    at = usual.body.at();
  }
  const Entry entry = catalog_.find(Section::Profiles, name);
  if (!entry) {
    findings_.add(FindingId::K005, at, fmt::format("there is no launch profile '{}'", name)).help =
        suggestion(name, catalog_.names(Section::Profiles));
    return false;
  }
  profile_ = flatten_profile(catalog_, entry, purpose_->name, findings_);
  return profile_.has_value();
}

bool Pipeline::resolve(const SplitArgv& split, const std::optional<Word>& preset_name,
                       const std::optional<Word>& purpose) {
  preset_.reset();
  if (!choose_preset(split, preset_name) || !choose_purpose(purpose)) return false;
  // Each of these says what is wrong with its own word, so all are asked.
  const bool site = choose_site(chosen(split, "site", "site"));
  const bool profile = choose_profile(split.value("launch-profile"));
  if (!site || !profile) return false;

  input_.emplace(ResolveInput{catalog_, *schema_, *purpose_});
  input_->preset = preset_ ? &*preset_ : nullptr;
  input_->site = site_;
  input_->profile = &*profile_;
  input_->data_dir = world_.variable("DATA_DIR");
  if (input_->data_dir && input_->data_dir->empty()) input_->data_dir.reset();
  input_->sets = split.values("set");
  input_->unsets = split.values("unset");
  input_->launch = split.values("launch");
  input_->allowed_unknown = split.values("allow-unknown");
  input_->overrides = split.overrides;
  input_->self = world_.self;
  requests_ = {split.value("target"), split.value("instances"), split.value("hosts"),
               split.value("ipus"), split.value("global-batch")};
  flat_ = split.has("flat");
  config_file_ = split.has("config-file") && !flat_;
  if (const auto folder = split.value("app-dir"))
    input_->launch.insert(input_->launch.begin(), {"app_dir=" + folder->text, folder->at});

  settings_ = ipucnn::resolve(*input_, findings_);
  if (!settings_) return false;
  target_ = choose_target(*input_, requests_, *settings_, findings_);
  if (!target_) return false;
  launch_ = resolve_launch(*input_, target_->target, findings_);
  if (!launch_) return false;
  geometry_ = derive(*input_, requests_, *settings_, *launch_, *target_, findings_);
  apply_geometry(*schema_, geometry_, *settings_);
  check(check_input(), findings_);
  return true;
}

CheckInput Pipeline::check_input() const {
  return {*input_, requests_, *settings_, *launch_, *target_, geometry_, flat_};
}

JobPlan Pipeline::plan() const {
  return ipucnn::plan({*input_, *settings_, *launch_, *target_, geometry_, flat_, config_file_});
}

}  // namespace ipucnn::cli
