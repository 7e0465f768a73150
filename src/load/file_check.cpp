// A file of ours held to file_schema.def, as far as one file alone tells.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/expectation.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/sbatch_options.h"
#include "load/certain_key.h"
#include "load/cluster_values.h"

namespace ipucnn {
namespace {

constexpr Section kSections[] = {Section::Applications, Section::Targets, Section::Sites,
                                 Section::Profiles,     Section::Presets, Section::Jobs,
                                 Section::Defaults};

bool is_merge_key(Node key) { return key.is_plain() && key.text() == "<<"; }

bool all_scalars(Node list) {
  return std::all_of(list.begin(), list.end(), [](Node item) { return item.is_scalar(); });
}

/// One word or several; a command has at least one.
bool is_words(Node value) {
  return value.is_scalar() || (value.is_list() && value.size() > 0 && all_scalars(value));
}

/// A value of an option: one, several, or a mapping in one word.
bool is_option_value(Node value) {
  if (value.is_scalar()) return true;
  if (value.is_list()) return all_scalars(value);
  bool good = value.is_map();
  value.each_pair([&](Node, Node item) { good = good && item.is_scalar(); });
  return good;
}

/// The form that a field's value has to have, for a message.
std::string_view form_of(FieldKind kind) {
  switch (kind) {
    case FieldKind::List:
      return "a list of single values";
    case FieldKind::Words:
      return "one word or a list of words";
    case FieldKind::Pair:
      return "a list of two numbers";
    case FieldKind::TextMap:
      return "a mapping of names to single values";
    case FieldKind::WordsMap:
      return "a mapping of names to one word or several";
    case FieldKind::Values:
      return "a mapping of option keys to values";
    case FieldKind::Axes:
      return "a mapping of option keys to lists of values";
    case FieldKind::Ids:
      return "a list of ids, or a mapping of ids to reasons";
    case FieldKind::Targets:
      return "a mapping of presets to targets";
    case FieldKind::Entry:
      return "a mapping";
    case FieldKind::Entries:
      return "a mapping of names to mappings";
    case FieldKind::Groups:
      return "a mapping of names to mappings of names to mappings";
    default:
      return "a single value";
  }
}

template <typename Good>
bool all_values(Node map, Good good) {
  bool all = map.is_map();
  map.each_pair([&](Node, Node value) { all = all && good(value); });
  return all;
}

/// Whether the value has the field's form, whatever its single values are.
bool has_form(Node value, FieldKind kind) {
  switch (kind) {
    case FieldKind::List:
      return value.is_scalar() || (value.is_list() && all_scalars(value));
    case FieldKind::Words:
      return is_words(value);
    case FieldKind::Pair:
      return value.is_list() && value.size() == 2 && all_scalars(value);
    case FieldKind::TextMap:
    case FieldKind::Targets:
      return all_values(value, [](Node item) { return item.is_scalar(); });
    case FieldKind::WordsMap:
      return all_values(value, is_words);
    case FieldKind::Values:
      return all_values(value, is_option_value);
    case FieldKind::Axes:
      return all_values(value, [](Node item) { return item.is_list() && item.size() > 0; });
    case FieldKind::Ids:
      return value.is_list() ? all_scalars(value)
                             : all_values(value, [](Node item) { return item.is_scalar(); });
    case FieldKind::Entry:
      return value.is_map();
    case FieldKind::Entries:
      return all_values(value, [](Node item) { return item.is_map() || item.is_null(); });
    case FieldKind::Groups:
      return all_values(
          value, [](Node group) { return group.is_null() || has_form(group, FieldKind::Entries); });
    default:
      return value.is_scalar();
  }
}

/// `job-name`, without the dashes in front.
bool is_option_name(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

/// What an option of ours is called in a file; empty where that is its own name, or it has none.
std::string_view key_in_files(std::string_view option) {
  constexpr std::pair<std::string_view, std::string_view> kOtherwise[] = {
      {"config", "preset"}, {"app", "application"}, {"launch_profile", "profile"},
      {"set", "options"},   {"limit", "limits"},    {"retries", "retry"},
      {"retry_on", "retry"}};
  const std::string name = replace_char(option, '-', '_');
  for (const auto& [own, key] : kOtherwise)
    if (own == name) return key;
  return {};
}

/// Where people find a key that they wrote at another level.
class OtherLevels {
 public:
  explicit OtherLevels(const Catalog& catalog) : catalog_(catalog) {}

  /// The remedy for a key that stands elsewhere; empty when it stands nowhere.
  std::string exact(std::string_view key, std::string_view shape) const {
    for (const Section section : kSections)
      if (section_key(section) == key) return fmt::format("`{}:` stands at the top of a file", key);
    if (find_field(shape, "launch") && find_field("launch", key))
      return fmt::format("it is a launch setting: write it under `launch:`");
    if (const auto own = key_in_files(key); !own.empty() && find_field(shape, own))
      return fmt::format("in a file it is called `{}:`", own);
    if (find_field(shape, "options") && is_option(key))
      return fmt::format("it is an option of the program: write it under `options:`");
    std::string owners;
    for (const Section section : kSections)
      if (const auto other = shape_of(section); !other.empty() && find_field(other, key))
        owners += fmt::format("{}{}", owners.empty() ? "" : ", ", section_key(section));
    return owners.empty() ? owners : fmt::format("it is a key of {}", owners);
  }

  /// The same for a key that is nearly an option's.
  std::string near(std::string_view key, std::string_view shape) const {
    if (!find_field(shape, "options")) return {};
    std::vector<std::string_view> names;
    each_option([&](std::string_view name) { names.push_back(name); });
    const auto found = nearest_names(key, names, 1);
    return found.empty()
               ? std::string{}
               : fmt::format("did you mean the option '{}', under `options:`?", found.front());
  }

 private:
  template <typename Visit>
  void each_option(Visit visit) const {
    for (const Node part : catalog_.parts(Section::Applications))
      part.each_pair([&](Node, Node application) {
        application.find("options").each_pair([&](Node name, Node) { visit(name.text()); });
      });
  }

  bool is_option(std::string_view key) const {
    bool found = false;
    each_option([&](std::string_view name) { found = found || name == key; });
    return found;
  }

  const Catalog& catalog_;
};

class FileCheck {
 public:
  FileCheck(const Catalog& catalog, Diagnostics& out)
      : catalog_(catalog), levels_(catalog), out_(out) {}

  bool run(const Field& field, Node value) {
    if (!value.is_null()) check_value(field, value);
    return good_;
  }

  bool run(Node top) {
    for (const Section section : kSections) {
      const Node body = top.find(section_key(section));
      if (!body || body.is_null()) continue;
      const std::string_view shape = shape_of(section);
      if (!body.is_map())
        wrong(body, section_key(section), "a mapping of names to entries");
      else if (section == Section::Defaults)
        check_mapping(body, shape, "defaults");
      else if (section == Section::Presets)
        body.each_pair([&](Node name, Node presets) { check_presets(name, presets); });
      else
        body.each_pair([&](Node name, Node entry) {
          if (!entry.is_map())
            wrong(entry.is_null() ? name : entry, name.text(), "a mapping");
          else if (!shape.empty())
            check_mapping(entry, shape, section_key(section));
        });
    }
    return good_;
  }

 private:
  void wrong(Node at, std::string_view what, std::string_view form) {
    good_ = false;
    out_.add(FindingId::Y005, at.at(), fmt::format("{} needs {}", what, form));
  }

  void check_presets(Node name, Node presets) {
    if (is_merge_key(name) || presets.is_null()) return;
    if (!presets.is_map()) return wrong(presets, name.text(), "a mapping of names to presets");
    std::vector<Node> wrong_ones;
    presets.each_pair([&](Node key, Node body) {
      if (!body.is_map() && !body.is_null() && !is_merge_key(key)) wrong_ones.push_back(key);
    });
    if (wrong_ones.empty()) return;
    const AppId id = parse_app_id(name.text());
    if (wrong_ones.size() < presets.size() || catalog_.find_application({id.name, {}, {}})) {
      good_ = false;
      for (const Node key : wrong_ones)
        out_.add(FindingId::Y005, key.at(),
                 fmt::format("the preset '{}' is no mapping", key.text()))
            .help = "a preset is a mapping of option keys to values; `{}` is one without any";
      return;
    }
    good_ = false;
    std::vector<std::string_view> names = catalog_.names(Section::Applications);
    out_.add(FindingId::Y005, name.at(),
             fmt::format("'{}' is a preset and stands where an application is needed", name.text()))
        .help = fmt::format("write presets: {{APPLICATION: {{{}: ..}}}}; the applications are {}",
                            name.text(), join({names.begin(), names.end()}, ", "));
  }

  /// `where` is what the mapping stands under, for a message.
  void check_mapping(Node mapping, std::string_view shape, std::string_view where) {
    mapping.each_pair([&](Node key, Node value) {
      if (is_merge_key(key)) {
        if (value.is_map()) return check_merged(value, shape, where);
        for (const Node item : value) check_merged(item, shape, where);
        return;
      }
      const auto field = find_field(shape, key.text());
      if (!field)
        unknown(mapping, key, shape, where);
      else if (!value.is_null())
        check_value(*field, value);
    });
  }

  /// Once, for merges of merges grow faster than what is written.
  void check_merged(Node mapping, std::string_view shape, std::string_view where) {
    if (merged_.emplace(mapping.record_at(), shape).second) check_mapping(mapping, shape, where);
  }

  void check_value(const Field& field, Node value) {
    if (!has_form(value, field.kind)) return wrong(value, field.key, form_of(field.kind));
    if (field.kind == FieldKind::TextMap && field.detail == "option")
      return value.each_pair([&](Node name, Node word) { check_option(field, name, word); });
    if (field.detail == "claim" || field.detail == "secret")
      return value.each_pair([&](Node name, Node of) { check_of_cluster(field, name, of); });
    if (field.kind == FieldKind::Entry) return check_mapping(value, field.detail, field.key);
    if (field.kind == FieldKind::Groups) {
      Field group = field;
      group.kind = FieldKind::Entries;
      return value.each_pair([&](Node, Node entries) {
        if (!entries.is_null()) check_value(group, entries);
      });
    }
    if (field.kind == FieldKind::Entries) {
      value.each_pair([&](Node, Node entry) { check_mapping(entry, field.detail, field.key); });
      if (field.key == "expect" && good_) good_ = check_bounds(value, out_);
      return;
    }
    if (value.is_scalar()) return check_single(field, value);
    if (value.is_list())
      for (const Node item : value) check_single(field, item);
  }

  /// It is written into a line of a script, which it must not leave.
  void check_option(const Field& field, Node name, Node value) {
    if (!is_option_name(name.text())) {
      good_ = false;
      out_.add(FindingId::Y010, name.at(),
               fmt::format("'{}' is no option of {}", printable(name.text()), field.key))
          .help = "write its long name without the dashes, as in `job-name: ...`";
    } else if (printable(value.text()) != value.text()) {
      good_ = false;
      out_.add(FindingId::Y010, value.at(),
               fmt::format("{} cannot hold a control character", name.text()));
    } else if (auto refused = refuse_sbatch_option(name.text(), value.text(), value.type());
               !refused.message.empty()) {
      good_ = false;
      out_.add(FindingId::K070, value.at(), std::move(refused.message)).help =
          std::move(refused.help);
    }
  }

  /// A folder and its claim, or a variable and its secret.
  void check_of_cluster(const Field& field, Node name, Node of) {
    if (of.is_null()) return;
    const bool folder = field.detail == "claim";
    const auto judge = [&](Node at, std::string_view what, const std::string& needed) {
      if (needed.empty()) return;
      good_ = false;
      out_.add(FindingId::K070, at.at(),
               fmt::format("{} needs {}, not '{}'", what, needed, printable(at.text())));
    };
    judge(name, field.key,
          folder ? load::refuse_mount_path(name.text()) : load::refuse_variable(name.text()));
    judge(of, fmt::format("the {}'s name", field.detail),
          load::refuse_dns_name("subdomain", of.text()));
  }

  void check_single(const Field& field, Node value) {
    const std::string needed = refusal(field, value.text(), value.type());
    if (needed.empty()) return;
    good_ = false;
    Diagnostic& d = out_.add(field.words().empty() ? FindingId::K070 : FindingId::Y010, value.at(),
                             fmt::format("{} needs {}, not '{}'", field.key, needed, value.text()));
    const auto near = nearest_names(value.text(), field.words(), 1);
    if (!near.empty()) d.help = fmt::format("did you mean '{}'?", near.front());
    d.fix = certain_edit(value.at(), value.text(), field.words());
  }

  void unknown(Node mapping, Node key, std::string_view shape, std::string_view where) {
    good_ = false;
    std::vector<std::string_view> names;
    for (const Field& field : fields_of(shape)) names.push_back(field.key);
    std::string help = levels_.exact(key.text(), shape);
    if (help.empty()) help = suggestion(key.text(), names);
    if (help.empty()) help = levels_.near(key.text(), shape);
    if (help.empty()) help = "the keys are " + join({names.begin(), names.end()}, ", ");
    Diagnostic& d = out_.add(FindingId::Y009, key.at(),
                             fmt::format("nothing reads the key {} under {}", key.text(), where));
    d.help = std::move(help);
    d.fix = load::certain_key(mapping, key, names);
  }

  const Catalog& catalog_;
  OtherLevels levels_;
  Diagnostics& out_;
  std::set<std::pair<const NodeRecord*, std::string_view>> merged_;  ///< looked at, by their shape
  bool good_ = true;
};

}  // namespace

bool check_file_schema(const Catalog& catalog, const Tree& tree, Diagnostics& out) {
  return FileCheck(catalog, out).run(root(tree));
}

bool check_field(const Catalog& catalog, const Field& field, Node value, Diagnostics& out) {
  return FileCheck(catalog, out).run(field, value);
}

}  // namespace ipucnn
