// What the words of a request mean: which preset, application, purposes, site and profile.
#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/named_entry.h"
#include "job/choose_release.h"
#include "job/known_profiles.h"
#include "job/parts.h"

namespace ipucnn::job {
namespace {

class Chooser {
 public:
  Chooser(const JobRequest& request, const Descriptors& descriptors, const Surroundings& around,
          Diagnostics& out)
      : request_(request),
        descriptors_(descriptors),
        catalog_(descriptors.catalog()),
        around_(around),
        out_(out) {}

  std::optional<Choice> run(Span& preset_at) {
    const FoundSite site = find_site(request_, catalog_, around_, unjudged_);
    choice_.site = site.entry;
    if (!choose_preset()) return std::nullopt;
    if (choice_.preset) preset_at = choice_.preset->name.at();
    if (request_.script) {  // as it stands, so no site or profile adds to its words
      choice_.site = {};
      return choice_;
    }
    if (!choose_purposes()) return std::nullopt;
    // Each of these says what is wrong with its own word, so both are asked.
    out_.add(unjudged_);
    const bool profile = choose_profile();
    if (!site.good || !profile) return std::nullopt;
    return choice_;
  }

 private:
  bool take_schema(const Entry& application) {
    choice_.schema = descriptors_.find(application, out_);
    return choice_.schema != nullptr;
  }

  /// The application that is meant where the preset does not tell: the word for it, else that of
  /// the checkout, else the job's, else the usual one.
  std::optional<Word> application() const {
    if (request_.has_typed_application()) return request_.application;
    if (const auto folder = find_folder(request_, choice_.site))
      for (const Checkout& checkout : around_.checkouts)
        if (checkout.folder == folder->path.text && !checkout.application.empty())
          return Word{checkout.application, Span{}};
    return request_.application ? request_.application : usual(request_, catalog_, "application");
  }

  /// Release of the Poplar SDK at the site; empty where nobody says.
  std::string_view sdk() const { return choice_.site.body.find_text("sdk").value_or(""); }

  bool take_application(const std::optional<Word>& app) {
    if (!app) {
      Diagnostic& d = out_.add(FindingId::K001, Span{}, "no preset is named");
      d.help = "give --config NAME; `ipucnn show presets` lists them. Without a preset: --app NAME";
      if (!request_.overrides.empty()) {
        // Whatever is not ours is the application's, so a slip in our own name ends here.
        const Word& first = request_.overrides.front();
        d.at = first.at;
        d.notes.push_back({fmt::format("'{}' is no option of ours", first.text), d.at});
      }
      return false;
    }
    const Entry entry = choose_application(catalog_, {parse_app_id(app->text), sdk(), &*app}, out_);
    if (!entry) {
      report_unknown(catalog_, Section::Applications, app->text, app->at, out_);
      return false;
    }
    return take_schema(entry);
  }

  bool choose_preset() {
    const auto app = application();
    const auto& name = request_.preset;
    if (!name) return take_application(app);
    auto [application, bare] = parse_preset_name(name->text);
    if (application.name.empty() && app) application = parse_app_id(app->text);
    std::vector<PresetRef> found = catalog_.find_presets(bare, application);
    if (found.empty()) return no_preset(*name, bare, application);
    take_replaced(found, name->at);
    if (!keep_group(found, *name) || !of_one_application(found, *name, bare)) return false;
    ReleaseWish wish{application, sdk(), &*name};
    const ReleaseChoice chosen = choose_release(descriptors_, found, wish, out_);
    if (!chosen.application) {
      out_.add(FindingId::K003, name->at,
               fmt::format("the preset's application '{}' is not known", found.back().application));
      return false;
    }
    choice_.preset = chosen.preset;
    return take_schema(chosen.application);
  }

  /// A preset that is pointed at where it stands is meant, even if a later file replaces it.
  void take_replaced(std::vector<PresetRef>& found, Span at) const {
    const auto is_it = [&](const PresetRef& ref) { return ref.name.at() == at; };
    if (at.source == kCommandLine || std::any_of(found.begin(), found.end(), is_it)) return;
    for (const Catalog::File& file : catalog_.files()) {
      if (file.tree.source != at.source) continue;
      for (PresetRef& ref : found) {
        const Node presets = file.application.empty() ? file.presets.find(ref.application)
                             : file.application == ref.application ? file.presets
                                                                   : Node{};
        presets.each_pair([&](Node key, Node body) {
          if (key.at() == at)
            ref = {ref.application, key, body, file.layer, !file.application.empty()};
        });
      }
    }
  }

  /// By the name alone, which is near where the release is not; else all of them.
  std::string near_application(std::string_view typed) const {
    const auto all = catalog_.names(Section::Applications);
    std::vector<std::string_view> bare;
    for (const std::string_view id : all)
      if (const auto name = parse_app_id(id).name; bare.empty() || bare.back() != name)
        bare.push_back(name);
    const auto near = nearest_names(typed, bare, 1);
    const bool known = std::find(bare.begin(), bare.end(), typed) != bare.end();
    return near.empty() || known ? suggestion(typed, all)
                                 : fmt::format("did you mean '{}'?", near.front());
  }

  bool no_preset(const Word& name, std::string_view bare, AppId application) {
    // Of an application that there is not, nothing can be a preset.
    if (!application.name.empty() && !catalog_.find_application(application)) {
      const std::string_view before = std::string_view(name.text).substr(0, name.text.find(':'));
      const bool typed = name.text.size() > bare.size();
      out_.add(FindingId::K003,
               typed                  ? name.at
               : request_.application ? request_.application->at
                                      : name.at,
               fmt::format("there is no application '{}'",
                           typed                  ? before
                           : request_.application ? std::string_view(request_.application->text)
                                                  : application.name))
          .help = near_application(application.name);
      return false;
    }
    Diagnostic& d =
        out_.add(FindingId::K001, name.at, fmt::format("there is no preset '{}'", bare));
    std::vector<std::string_view> names;
    for (const PresetRef& ref : catalog_.presets(application)) names.push_back(ref.name.text());
    d.help = kinds_named(catalog_, bare);
    if (d.help.empty()) d.help = suggestion(bare, names);
    if (d.help.empty()) d.help = "`ipucnn show presets` lists them";
    return false;
  }

  bool of_one_application(const std::vector<PresetRef>& found, const Word& name,
                          std::string_view bare) {
    const std::string_view last = parse_app_id(found.back().application).name;
    if (std::all_of(found.begin(), found.end(), [&](const PresetRef& ref) {
          return parse_app_id(ref.application).name == last;
        }))
      return true;
    Diagnostic& d = out_.add(FindingId::K009, name.at,
                             fmt::format("several applications have a preset '{}'", bare));
    d.help = "name one:";
    std::vector<std::string_view> named;  // each by its newest release
    for (const PresetRef& ref : found) {
      const AppId id = parse_app_id(ref.application);
      if (std::find(named.begin(), named.end(), id.name) != named.end()) continue;
      named.push_back(id.name);
      const PresetRef* newest = &ref;
      for (const PresetRef& other : found)
        if (const AppId known = parse_app_id(other.application);
            known.name == id.name &&
            release_below(parse_app_id(newest->application).release, known.release))
          newest = &other;
      d.help += fmt::format(" {}:{}", newest->application, bare);
    }
    return false;
  }

  /// Leaves the presets that the purpose's script reads; without a purpose those of the group that
  /// is named, else of the main one, as long as there are any.
  bool keep_group(std::vector<PresetRef>& found, const Word& name) {
    const auto& purpose = request_.purpose;
    const std::string_view named = parse_preset_name(name.text).application.group;
    const auto group_of = [&](const PresetRef& ref) -> std::optional<std::string_view> {
      if (!purpose) return named;
      const Entry entry = catalog_.find_application(parse_app_id(ref.application));
      Diagnostics ignored;  // a descriptor that cannot be read is reported when it is chosen
      const AppSchema* schema = entry ? descriptors_.find(entry, ignored) : nullptr;
      const auto spec = schema != nullptr ? schema->purpose(purpose->text) : std::nullopt;
      return spec && spec->takes_preset ? std::optional(spec->preset_group) : std::nullopt;
    };
    const auto fits = [&](const PresetRef& ref) {
      const auto group = group_of(ref);
      return ref.upstream || !group || *group == parse_app_id(ref.application).group;
    };
    if (std::all_of(found.begin(), found.end(), fits)) return true;
    std::vector<PresetRef> kept;
    std::copy_if(found.begin(), found.end(), std::back_inserter(kept), fits);
    if (!kept.empty() || !purpose) {
      if (!kept.empty()) found = std::move(kept);
      return true;
    }
    Diagnostic& d = out_.add(
        FindingId::K001, name.at,
        fmt::format("'{}' is no preset for {}", parse_preset_name(name.text).name, purpose->text));
    d.notes.push_back(
        {fmt::format("it belongs to {}", found.back().application), found.back().name.at()});
    for (const PresetRef& ref : catalog_.presets(parse_app_id(found.back().application)))
      if (fits(ref))
        d.help += fmt::format("{}{}", d.help.empty() ? "one of " : ", ", ref.name.text());
    return false;
  }

  bool choose_purposes() {
    const auto purpose = find_purpose(request_.purpose ? request_.purpose : help_asked());
    if (!purpose) return false;
    choice_.purpose = *purpose;
    if (!request_.then) return true;
    choice_.next = find_purpose(request_.then);
    if (!choice_.next) return false;
    if (choice_.next->name != purpose->name) return true;
    out_.add(FindingId::K019, request_.then->at,
             fmt::format("the step after {} cannot be {} again", purpose->name, purpose->name));
    return false;
  }

  /// `-- --help` is no training: the script prints its options and ends.
  std::optional<Word> help_asked() const {
    if (!choice_.schema->purpose("help")) return std::nullopt;
    for (const Word& word : request_.overrides)
      if (word.text == "--help" || word.text == "-h") return Word{"help", word.at};
    return std::nullopt;
  }

  /// Without a name: what the preset is for, else training, else what comes first.
  std::optional<PurposeSpec> find_purpose(const std::optional<Word>& word) {
    const AppSchema& schema = *choice_.schema;
    if (word) {
      if (auto spec = schema.purpose(word->text)) return spec;
      out_.add(FindingId::K006, word->at,
               fmt::format("{} has no purpose '{}'", schema.id(), word->text))
          .help = suggestion(word->text, schema.purposes());
      return std::nullopt;
    }
    const std::string_view group =
        choice_.preset ? parse_app_id(choice_.preset->application).group : std::string_view{};
    if (!group.empty())
      for (const std::string_view name : schema.purposes())
        if (auto spec = schema.purpose(name); spec && spec->preset_group == group) return spec;
    if (auto spec = schema.purpose("train")) return spec;
    for (const std::string_view name : schema.purposes()) return schema.purpose(name);
    out_.add(FindingId::K006, schema.at(), fmt::format("{} has no purpose", schema.id()));
    return std::nullopt;
  }

  bool choose_profile() {
    constexpr std::string_view kUsual = "default";
    std::string_view name = kUsual;
    Span at;
    if (const auto own = choice_.site.body.find_text("profile")) {
      name = *own;
      at = choice_.site.body.find("profile").at();
    }
    if (request_.profile) {
      name = request_.profile->text;
      at = request_.profile->at;
    } else if (const Entry usual = catalog_.find_default("profile");
               usual && at.line == 0 && !request_.command) {
      name = usual.body.text();
      at = usual.body.at();
    }
    Entry named;
    Entry& found = name == kUsual ? catalog_.memo().of<KnownProfiles>().usual : named;
    if (!found) found = catalog_.find(Section::Profiles, name);
    choice_.profile = found;
    if (found) return true;
    report_unknown(catalog_, Section::Profiles, name, at, out_);
    return false;
  }

  const JobRequest& request_;
  const Descriptors& descriptors_;
  const Catalog& catalog_;
  const Surroundings& around_;
  Diagnostics& out_;
  Diagnostics unjudged_;  ///< of the site, said after what is wrong with preset and purpose
  Choice choice_;
};

}  // namespace

FoundSite find_site(const JobRequest& request, const Catalog& catalog, const Surroundings& around,
                    Diagnostics& out) {
  const auto site = request.site ? request.site : usual(request, catalog, "site");
  if (!site) return {};
  for (const ReadFile& file : around.files) {
    if (file.path != site->text) continue;
    Node sites;
    for (const Catalog::File& known : catalog.files())
      if (known.tree.source == file.source) sites = root(known.tree).find("sites");
    Entry only;
    sites.each_pair([&](Node name, Node) { only = catalog.find(Section::Sites, name.text()); });
    if (sites.size() == 1) return {only, catalog.whole(Section::Sites, only, out).has_value()};
    out.add(FindingId::Y005, site->at,
            fmt::format("{} holds {} sites, and one is needed", site->text, sites.size()))
        .help = "load it with --presets FILE and name one with --site NAME";
    return {{}, false};
  }
  const Entry entry = catalog.find(Section::Sites, site->text);
  if (entry) return {entry, catalog.whole(Section::Sites, entry, out).has_value()};
  Diagnostic& d = report_unknown(catalog, Section::Sites, site->text, site->at, out);
  if (nearest_names(site->text, catalog.names(Section::Sites)).empty())
    d.help += "; a file is given by a path, as ./my-site.yml";
  return {{}, false};
}

std::optional<Choice> choose(const JobRequest& request, const Descriptors& descriptors,
                             const Surroundings& around, Span& preset_at, Diagnostics& out) {
  return Chooser(request, descriptors, around, out).run(preset_at);
}

}  // namespace ipucnn::job
