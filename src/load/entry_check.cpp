// What entries of our files say of each other. The form of every value was judged when the file was
// read.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/named_entry.h"
#include "ipucnn/target.h"
#include "load/builtin.h"

namespace ipucnn {
namespace {

constexpr Section kSections[] = {Section::Targets, Section::Sites, Section::Profiles, Section::Jobs,
                                 Section::Defaults};

bool is_merge_key(Node key) { return key.is_plain() && key.text() == "<<"; }

class EntryCheck {
 public:
  EntryCheck(const Catalog& catalog, Diagnostics& out) : catalog_(catalog), out_(out) {}

  void run(Node top) {
    for (const Section section : kSections) {
      const Node body = top.find(section_key(section));
      const std::string_view shape = shape_of(section);
      if (section == Section::Defaults)
        check_mapping(body, shape);
      else
        body.each_pair([&](Node name, Node entry) {
          check_mapping(entry, shape);
          const auto whole = catalog_.whole(section, {name, entry}, out_);
          if (whole && section == Section::Targets) check_target({name, *whole});
        });
    }
    top.find(section_key(Section::Presets)).each_pair([&](Node application, Node presets) {
      // What stands there is held to its application, which says the same.
      if (!is_merge_key(application) && presets.size() == 0)
        check_entry(Section::Applications, application);
    });
  }

 private:
  void check_mapping(Node mapping, std::string_view shape) {
    mapping.each_pair([&](Node key, Node value) {
      const auto field = find_field(shape, key.text());
      if (field && !value.is_null()) check_value(*field, value, mapping);
    });
  }

  void check_value(const Field& field, Node value, Node mapping) {
    switch (field.kind) {
      case FieldKind::Name:
        if (field.key != "extends") check_name(field.detail, value, mapping);
        break;
      case FieldKind::Targets:
        value.each_pair([&](Node preset, Node target) {
          check_name("preset", preset, {});
          check_name("target", target, {});
        });
        break;
      case FieldKind::Entry:
        check_mapping(value, field.detail);
        break;
      case FieldKind::Entries:
        value.each_pair([&](Node name, Node entry) {
          if (field.key == "steps") check_name("purpose", name, mapping);
          if (field.detail == "launcher_spelling") check_spelling(name, entry);
          check_mapping(entry, field.detail);
        });
        break;
      case FieldKind::Values:
        // A job's own options are held to its application when it is resolved.
        if (field.shape != "job")
          value.each_pair([&](Node key, Node) { check_name("option", key, {}); });
        break;
      default:
        break;
    }
  }

  void check_spelling(Node option, Node spelling) {
    check_launcher_option(option);
    for (const std::string_view key : {"before", "after"})
      if (const Node other = spelling.find(key); other && !other.is_null())
        check_launcher_option(other);
  }

  void check_launcher_option(Node at) {
    std::vector<std::string_view> names;
    for (const Node part : catalog_.parts(Section::Defaults))
      part.find("launchers").each_pair([&](Node, Node launcher) {
        launcher.find("options").each_pair([&](Node name, Node) { names.push_back(name.text()); });
      });
    if (std::find(names.begin(), names.end(), at.text()) == names.end())
      unknown(FindingId::Y010, at, fmt::format("no launcher has the option '{}'", at.text()), names,
              {});
  }

  void unknown(FindingId id, Node at, std::string message, const std::vector<std::string_view>& of,
               std::string_view list) {
    Diagnostic& d = out_.add(id, at.at(), std::move(message));
    d.help = suggestion(at.text(), of);
    d.fix = certain_edit(at.at(), at.text(), of);
    if (d.help.empty() && !list.empty()) d.help = fmt::format("`ipucnn show {}` lists them", list);
  }

  /// What was looked for before and is there: jobs name the same few.
  void check_name(std::string_view kind, Node at, Node mapping) {
    if (kind == "preset") return check_preset(at, mapping);
    const auto application = kind == "purpose" ? mapping.find_text("application") : std::nullopt;
    const auto name = std::tuple(kind, application, at.text());
    if (good_.count(name) > 0) return;
    const std::size_t before = out_.all().size();
    look_for(kind, at, mapping);
    if (out_.all().size() == before) good_.insert(name);
  }

  void look_for(std::string_view kind, Node at, Node mapping) {
    if (kind == "target") {
      check_entry(Section::Targets, at);
    } else if (kind == "site") {
      check_entry(Section::Sites, at);
    } else if (kind == "profile") {
      check_entry(Section::Profiles, at);
    } else if (kind == "application") {
      check_entry(Section::Applications, at);
    } else if (kind == "purpose") {
      check_purpose(at, mapping);
    } else if (kind == "option") {
      check_option(at);
    }
  }

  void check_entry(Section section, Node at) {
    if (!find_named(catalog_, section, at.text()))
      report_unknown(catalog_, section, at.text(), at.at(), out_);
  }

  void check_preset(Node at, Node job) {
    if (job.find_bool("preset_in_application", false)) return;
    const std::string_view text = at.text();
    const std::size_t colon = text.find(':');
    AppId of = parse_app_id(colon == text.npos ? std::string_view() : text.substr(0, colon));
    if (colon == text.npos)
      if (const auto named = job.find_text("application")) of = parse_app_id(*named);
    const std::string_view bare = colon == text.npos ? text : text.substr(colon + 1);
    if (!catalog_.find_presets(bare, of).empty()) return;
    std::vector<std::string_view> names;
    for (const PresetRef& ref : catalog_.presets(of)) names.push_back(ref.name.text());
    unknown(FindingId::K001, at, fmt::format("there is no preset '{}'", bare), names, "presets");
  }

  /// Every application that an entry may mean: the one that it names, else all.
  std::vector<Node> applications(Node mapping) const {
    const auto named = mapping.find_text("application");
    const AppId id = parse_app_id(named.value_or(""));
    std::vector<Node> all;
    for (const Node part : catalog_.parts(Section::Applications))
      part.each_pair([&](Node name, Node body) {
        if (!named || parse_app_id(name.text()).name == id.name) all.push_back(body);
      });
    return all;
  }

  bool is_in_one(std::string_view section, std::string_view key, Node mapping) const {
    for (const Node application : applications(mapping))
      if (application.find(section).find_key(key)) return true;
    return false;
  }

  std::vector<std::string_view> all_in(std::string_view section, Node mapping) const {
    std::vector<std::string_view> names;
    for (const Node application : applications(mapping))
      application.find(section).each_pair([&](Node name, Node) { names.push_back(name.text()); });
    return names;
  }

  void check_purpose(Node at, Node mapping) {
    if (is_in_one("purposes", at.text(), mapping)) return;
    const auto names = all_in("purposes", mapping);
    if (names.empty()) return;
    const auto named = mapping.find_text("application");
    unknown(FindingId::K006, at,
            named ? fmt::format("{} has no purpose '{}'", *named, at.text())
                  : fmt::format("no application has a purpose '{}'", at.text()),
            names, "apps");
  }

  void check_option(Node at) {
    if (!is_in_one("options", at.text(), {}))
      unknown(FindingId::K007, at, fmt::format("no application has an option '{}'", at.text()),
              all_in("options", {}), {});
  }

  void contradicts(Node at, std::string message, std::string help) {
    out_.add(FindingId::K071, at.at(), std::move(message)).help = std::move(help);
  }

  void check_target(const Entry& target) {
    const Node body = target.body;
    const auto ipus = body.find_int("ipus");
    const auto domains = body.find_int("ilds");
    if (ipus && domains && *domains > 0 && *ipus % *domains != 0)
      contradicts(body.find("ilds"),
                  fmt::format("{} do not divide evenly into {}", counted(*ipus, "IPU"),
                              counted(*domains, "IPU-Link domain")),
                  "every 64 IPUs of an IPU-POD are a domain; a smaller machine is one");
    check_hosts(body);
    check_generation(body.find("generation"));
    const Node aliases = body.find("aliases");
    const auto taken = [&](Node alias) {
      const Entry other = catalog_.find(Section::Targets, alias.text());
      if (other && other.name.text() != target.name.text())
        contradicts(alias, fmt::format("'{}' is the name of another target", alias.text()),
                    "a name stands for its own target: take another alias");
    };
    if (aliases.is_scalar()) taken(aliases);
    if (aliases.is_list())
      for (const Node alias : aliases) taken(alias);
  }

  /// Hardware that no application and no shipped target speaks of is a slip.
  void check_generation(Node generation) {
    if (!generation || generation.is_null()) return;
    std::vector<std::string_view> known;
    for (const Node application : applications({}))
      if (const Node list = application.find("generations"); list.is_list())
        for (const Node one : list) known.push_back(one.text());
    for (const Node part : catalog_.parts(Section::Targets))
      if (part.tree()->built_in)
        part.each_pair([&](Node, Node target) {
          if (const auto one = target.find_text("generation")) known.push_back(*one);
        });
    if (std::find(known.begin(), known.end(), generation.text()) != known.end()) return;
    Diagnostic& d = out_.add(FindingId::P030, generation.at(),
                             fmt::format("no application runs on '{}'", generation.text()));
    d.help = suggestion(generation.text(), known);
  }

  void check_hosts(Node body) {
    const Node hosts = body.find("hosts");
    if (!hosts.is_list() || hosts.size() != 2) return;
    const auto least = yaml_int((*hosts.begin()).text());
    const auto most = yaml_int((*std::next(hosts.begin())).text());
    if (!least || !most) return;
    const auto usual = body.find_int("default_hosts");
    if (*least > *most)
      contradicts(hosts, fmt::format("at least {} and at most {} hosts", *least, *most),
                  "write the fewest hosts first");
    else if (usual && (*usual < *least || *usual > *most))
      contradicts(
          body.find("default_hosts"),
          fmt::format("default_hosts is {}, and hosts allows {} to {}", *usual, *least, *most),
          "change one of the two");
  }

  const Catalog& catalog_;
  Diagnostics& out_;
  /// Kind, application and text of names that are there.
  std::set<std::tuple<std::string_view, std::optional<std::string_view>, std::string_view>> good_;
};

}  // namespace

std::string kinds_named(const Catalog& catalog, std::string_view name) {
  constexpr std::pair<Section, std::string_view> kKinds[] = {{Section::Targets, "target"},
                                                             {Section::Sites, "site"},
                                                             {Section::Profiles, "profile"},
                                                             {Section::Jobs, "job"}};
  for (const auto& [section, kind] : kKinds) {
    const bool known = section == Section::Targets ? static_cast<bool>(find_target(catalog, name))
                                                   : static_cast<bool>(catalog.find(section, name));
    if (known)
      return fmt::format("'{}' is a {}: `ipucnn show {} {}`, or --{} {}", name, kind, kind, name,
                         kind == "profile" ? "launch-profile" : kind, name);
  }
  return {};
}

void check_entries(const Catalog& catalog, SourceId file, Diagnostics& out) {
  load::unpack_files();  // one of ours may be meant
  for (const Catalog::File& known : catalog.files())
    if (known.tree.source == file && known.application.empty())
      EntryCheck(catalog, out).run(root(known.tree));
}

}  // namespace ipucnn
