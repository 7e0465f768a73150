// What the words of a command line and of a job mean: which preset, purpose, site and profile.
#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "cli/pipeline.h"

namespace ipucnn::cli {
namespace {

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

std::optional<Word> word_of(Node value) {
  if (!value.is_scalar() || value.is_null()) return std::nullopt;
  return Word{std::string(value.text()), value.at()};
}

}  // namespace

bool Pipeline::choose_job(const SplitArgv& split) {
  const auto name = split.value(Option::Job);
  return !name || take_job(*name);
}

void Pipeline::leave_job() {
  job_entry_ = {};
  job_ = {};
  imported_ = false;
}

bool Pipeline::take_job(const ImportedJob& job) {
  leave_job();
  job_entry_ = job.entry();
  auto flat = flatten_job(catalog_, job_entry_, {}, findings_);
  if (!flat) return false;
  job_ = std::move(*flat);
  imported_ = true;
  return true;
}

bool Pipeline::take_job(const Word& name) {
  leave_job();
  job_entry_ = catalog_.find(Section::Jobs, name.text);
  if (!job_entry_) {
    Diagnostic& d =
        findings_.add(FindingId::K050, name.at, fmt::format("there is no job '{}'", name.text));
    d.help = suggestion(name.text, catalog_.names(Section::Jobs));
    if (d.help.empty()) d.help = "`ipucnn show jobs` lists them";
    return false;
  }
  auto flat = flatten_job(catalog_, job_entry_, {}, findings_);
  if (!flat) return false;
  job_ = std::move(*flat);
  return true;
}

std::optional<Word> Pipeline::asked(const SplitArgv& split, std::optional<Option> option,
                                    std::string_view job_key) const {
  if (option)
    if (auto word = split.value(*option)) return word;
  return word_of(job_.find(job_key));
}

std::optional<Word> Pipeline::chosen(const SplitArgv& split, std::optional<Option> option,
                                     std::string_view key) const {
  if (auto word = asked(split, option, key); word || imported_) return word;
  return word_of(catalog_.find_default(key).body);
}

const AppSchema* Pipeline::schema_of(const Entry& application, Diagnostics& out) {
  const auto known = std::find_if(schemas_.begin(), schemas_.end(), [&](const AppSchema& schema) {
    return schema.at() == application.name.at() && schema.id() == application.name.text();
  });
  if (known != schemas_.end()) return &*known;
  auto schema = AppSchema::load(catalog_, application, out);
  return schema ? &schemas_.emplace_back(std::move(*schema)) : nullptr;
}

bool Pipeline::take_schema(const Entry& application) {
  schema_ = schema_of(application, findings_);
  return schema_ != nullptr;
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
  return take_schema(entry);
}

/// Leaves the presets that the purpose's script reads; without a purpose those of the main group,
/// as long as there are any.
bool Pipeline::keep_group(std::vector<PresetRef>& found, const Word& name,
                          const std::optional<Word>& purpose) {
  const auto group_of = [&](const PresetRef& ref) -> std::optional<std::string_view> {
    if (!purpose) return std::string_view{};
    const Entry entry = catalog_.find_application(parse_app_id(ref.application));
    Diagnostics ignored;  // a descriptor that cannot be read is reported when it is chosen
    const AppSchema* schema = entry ? schema_of(entry, ignored) : nullptr;
    const auto spec = schema != nullptr ? schema->purpose(purpose->text) : std::nullopt;
    return spec && spec->takes_preset ? std::optional(spec->preset_group) : std::nullopt;
  };
  const auto fits = [&](const PresetRef& ref) {
    const auto group = group_of(ref);
    return ref.upstream || !group || *group == parse_app_id(ref.application).group;
  };
  std::vector<PresetRef> kept;
  std::copy_if(found.begin(), found.end(), std::back_inserter(kept), fits);
  if (!kept.empty() || !purpose) {
    if (!kept.empty()) found = std::move(kept);
    return true;
  }
  Diagnostic& d = findings_.add(
      FindingId::K001, name.at,
      fmt::format("'{}' is no preset for {}", parse_preset_name(name.text).name, purpose->text));
  d.notes.push_back(
      {fmt::format("it belongs to {}", found.back().application), found.back().name.at()});
  for (const PresetRef& ref : catalog_.presets(parse_app_id(found.back().application)))
    if (fits(ref))
      d.help += fmt::format("{}{}", d.help.empty() ? "one of " : ", ", ref.name.text());
  return false;
}

bool Pipeline::choose_preset(const SplitArgv& split, const std::optional<Word>& name) {
  auto app = chosen(split, Option::App, "application");
  if (!checkout_.empty() && !split.value(Option::App)) app = Word{checkout_, Span{}};
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
  if (!keep_group(found, *name, asked(split, Option::Purpose, "purpose"))) return false;
  // Of several releases of one application the highest is meant.
  const Entry highest = catalog_.find_application(
      {parse_app_id(found.back().application).name, application.release, {}});
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
    if (highest && ref.layer == chosen.layer &&
        parse_app_id(ref.application).release == parse_app_id(highest.name.text()).release)
      chosen = ref;
  const AppId owner = parse_app_id(chosen.application);
  const Entry entry = catalog_.find_application(
      {owner.name, owner.release.empty() ? application.release : owner.release, {}});
  if (!entry) {
    findings_.add(FindingId::K003, name->at,
                  fmt::format("the preset's application '{}' is not known", chosen.application));
    return false;
  }
  preset_ = chosen;
  return take_schema(entry);
}

/// Without a name: what the preset is for, else training, else what comes first.
std::optional<PurposeSpec> Pipeline::find_purpose(const std::optional<Word>& word) {
  if (word) {
    if (auto spec = schema_->purpose(word->text)) return spec;
    findings_
        .add(FindingId::K006, word->at,
             fmt::format("{} has no purpose '{}'", schema_->id(), word->text))
        .help = suggestion(word->text, schema_->purposes());
    return std::nullopt;
  }
  const std::string_view group =
      preset_ ? parse_app_id(preset_->application).group : std::string_view{};
  if (!group.empty())
    for (const std::string_view name : schema_->purposes())
      if (auto spec = schema_->purpose(name); spec && spec->preset_group == group) return spec;
  if (auto spec = schema_->purpose("train")) return spec;
  for (const std::string_view name : schema_->purposes()) return schema_->purpose(name);
  findings_.add(FindingId::K006, schema_->at(), fmt::format("{} has no purpose", schema_->id()));
  return std::nullopt;
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

std::optional<Entry> Pipeline::choose_profile(const std::optional<Word>& profile) {
  std::string_view name = "default";
  Span at;
  if (const auto own = site_.body.find_text("profile")) {
    name = *own;
    at = site_.body.find("profile").at();
  }
  if (profile) {
    name = profile->text;
    at = profile->at;
  } else if (const Entry usual = catalog_.find_default("profile");
             usual && at.line == 0 && !imported_) {
    name = usual.body.text();
    at = usual.body.at();
  }
  const Entry entry = catalog_.find(Section::Profiles, name);
  if (entry) return entry;
  Diagnostic& d =
      findings_.add(FindingId::K005, at, fmt::format("there is no launch profile '{}'", name));
  d.help = suggestion(name, catalog_.names(Section::Profiles));
  if (d.help.empty()) d.help = "`ipucnn show profiles` lists them";
  return std::nullopt;
}

std::vector<Suppression> Pipeline::job_suppressions() const {
  std::vector<Suppression> all;
  // What a job lets pass need not occur with every word that is typed beside it.
  const auto add = [&](Node id) { all.push_back({std::string(id.text()), id.at(), 0, true}); };
  const Node allowed = job_.find("allow");
  allowed.each_pair([&](Node id, Node) { add(id); });  // ids and reasons
  if (allowed.is_list())
    for (const Node id : allowed) add(id);
  return all;
}

void Pipeline::demand_choice() {
  const Node alternatives = job_.find("alternatives");
  if (alternatives.size() == 0 || runs_.size() < 2) return;
  alternatives.each_pair([&](Node key, Node values) {
    const auto option = schema_->option(key.text(), purpose().script,
                                        [](std::string_view) { return std::nullopt; });
    Diagnostic& d =
        findings_.add(FindingId::K052, key.at(), fmt::format("the job leaves {} open", key.text()));
    for (const Node value : values)
      d.help += fmt::format("{}{} {}", d.help.empty() ? "choose: " : ", ",
                            option ? option->flag : key.text(), value.text());
  });
}

}  // namespace ipucnn::cli
