#include "ipucnn/file_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/suggest.h"
#include "base/text.h"

namespace ipucnn {
namespace {

// launch_keys.def names its kinds so.
enum class LaunchKind : std::uint8_t { Text, Flag, Number, List };

constexpr FieldKind field_kind(LaunchKind kind) {
  switch (kind) {
    case LaunchKind::Flag:
      return FieldKind::Flag;
    case LaunchKind::Number:
      return FieldKind::Number;
    case LaunchKind::List:
      return FieldKind::List;
    case LaunchKind::Text:
      break;
  }
  return FieldKind::Text;
}

struct EntryField {
  std::string_view entry;
  Field field;
};
constexpr EntryField kEntryFields[] = {
#define ENTRY_FIELD(entry, key, kind, about) {#entry, {#key, FieldKind::kind, about}},
#include "load/file_schema.def"
#undef ENTRY_FIELD
};
constexpr Field kLaunchFields[] = {
#define LAUNCH_KEY(key, kind, meaning) {#key, field_kind(LaunchKind::kind), meaning},
#include "ipucnn/launch_keys.def"
#undef LAUNCH_KEY
};

constexpr Section kSections[] = {Section::Applications, Section::Targets, Section::Sites,
                                 Section::Profiles,     Section::Presets, Section::Jobs,
                                 Section::Defaults};

/// Name of a section's entries in shapes.def.
std::string_view entry_name(Section section) {
  switch (section) {
    case Section::Targets:
      return "target";
    case Section::Sites:
      return "site";
    case Section::Profiles:
      return "profile";
    case Section::Jobs:
      return "job";
    case Section::Defaults:
      return "defaults";
    default:
      return {};
  }
}

std::string_view form_of(FieldKind kind) {
  switch (kind) {
    case FieldKind::Text:
      return "a single value";
    case FieldKind::Number:
      return "a whole number of at least 0";
    case FieldKind::Real:
      return "a number";
    case FieldKind::Flag:
      return "yes or no";
    case FieldKind::List:
      return "a list of single values";
    case FieldKind::TextMap:
      return "a mapping of names to single values";
    case FieldKind::Any:
      break;
  }
  return "anything";
}

bool all_scalars(Node list) {
  return std::all_of(list.begin(), list.end(), [](Node item) { return item.is_scalar(); });
}

bool fits(Node value, FieldKind kind) {
  if (kind == FieldKind::Any || value.is_null()) return true;
  switch (kind) {
    case FieldKind::Number:
      return value.is_scalar() && value.type() == ScalarType::Int &&
             yaml_int(value.text()).value_or(-1) >= 0;
    case FieldKind::Real:
      return value.is_scalar() &&
             (value.type() == ScalarType::Int || value.type() == ScalarType::Float);
    case FieldKind::Flag:
      return value.is_scalar() &&
             (value.type() == ScalarType::Bool || value.text() == "0" || value.text() == "1");
    case FieldKind::List:
      return value.is_scalar() || (value.is_list() && all_scalars(value));
    case FieldKind::TextMap: {
      bool good = value.is_map();
      value.each_pair([&](Node, Node item) { good = good && item.is_scalar(); });
      return good;
    }
    default:
      return value.is_scalar();
  }
}

class FileCheck {
 public:
  explicit FileCheck(Diagnostics& out) : out_(out) {}

  bool run(Node top) {
    for (const Section section : kSections) {
      const Node body = top.find(section_key(section));
      if (!body || body.is_null()) continue;
      const auto fields = fields_of(section);
      if (!body.is_map())
        wrong(body, section_key(section), "a mapping of names to entries");
      else if (section == Section::Defaults)
        check_entry(body, fields, section);
      else
        body.each_pair([&](Node name, Node entry) { check_named(name, entry, fields, section); });
    }
    return good_;
  }

 private:
  void wrong(Node at, std::string_view what, std::string_view form) {
    good_ = false;
    out_.add(FindingId::Y005, at.at(), fmt::format("{} needs {}", what, form));
  }

  void check_named(Node name, Node entry, const std::vector<Field>& fields, Section section) {
    if (section == Section::Presets && entry.is_null()) return;
    if (!entry.is_map())
      wrong(entry.is_null() ? name : entry, name.text(), "a mapping");
    else if (!fields.empty())
      check_entry(entry, fields, section);
  }

  void check_entry(Node entry, const std::vector<Field>& fields, Section section) {
    entry.each_pair([&](Node key, Node value) {
      if (key.is_plain() && key.text() == "<<") {
        const Node merged = value.is_list() ? Node{} : value;
        if (merged) return check_entry(merged, fields, section);
        for (const Node item : value) check_entry(item, fields, section);
        return;
      }
      const auto known = std::find_if(fields.begin(), fields.end(),
                                      [&](const Field& f) { return f.key == key.text(); });
      if (known == fields.end())
        unknown(key, fields, section);
      else if (!fits(value, known->kind))
        wrong(value, known->key, form_of(known->kind));
    });
  }

  void unknown(Node key, const std::vector<Field>& fields, Section section) {
    good_ = false;
    std::vector<std::string_view> names;
    for (const Field& field : fields) names.push_back(field.key);
    std::string help = suggestion(key.text(), names);
    if (help.empty()) help = "the keys are " + join({names.begin(), names.end()}, ", ");
    out_.add(FindingId::Y009, key.at(),
             fmt::format("nothing reads the key {} under {}", key.text(), section_key(section)))
        .help = std::move(help);
  }

  Diagnostics& out_;
  bool good_ = true;
};

}  // namespace

std::vector<Field> fields_of(Section section) {
  std::vector<Field> fields;
  for (const EntryField& shape : kEntryFields)
    if (shape.entry == entry_name(section)) fields.push_back(shape.field);
  if (section == Section::Sites || section == Section::Profiles)
    fields.insert(fields.end(), std::begin(kLaunchFields), std::end(kLaunchFields));
  return fields;
}

bool check_file_schema(const Tree& tree, Diagnostics& out) {
  return FileCheck(out).run(root(tree));
}

}  // namespace ipucnn
