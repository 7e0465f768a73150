// JSON Schema for editors, made from the tables that loading goes by.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/view.h"
#include "view/option_schema.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;

constexpr std::string_view kDraft = "https://json-schema.org/draft/2020-12/schema";

Json scalar_types() { return {"string", "number", "boolean", "null"}; }

Json entry_schema(std::string_view shape);

Json mapping_of(Json values) {
  return {{"type", {"object", "null"}}, {"additionalProperties", std::move(values)}};
}

Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

/// Of Kubernetes, above 0.
Json quantity(std::string_view unit) {
  return {{"type", {"number", "string", "null"}},
          {"pattern", fmt::format(R"(^(?=[0-9.]*[1-9])([0-9]+(\.[0-9]*)?|\.[0-9]+){}?$)", unit)},
          {"exclusiveMinimum", 0}};
}

/// A label, or labels with dots between them.
Json dns_name(bool label) {
  constexpr std::string_view kLabel = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  return {
      {"type", {"string", "number", "null"}},
      {"pattern", label ? fmt::format("^{}$", kLabel) : fmt::format(R"(^{0}(\.{0})*$)", kLabel)}};
}

/// A mapping whose names and values a cluster has to take.
Json of_cluster(const Field& field) {
  Json map = mapping_of(dns_name(false));
  map["propertyNames"] = {
      {"pattern", field.detail == "claim" ? "^/+[^/:][^:]*$" : "^[A-Za-z_][A-Za-z0-9_]*$"}};
  if (field.detail == "claim") map["propertyNames"]["not"] = {{"pattern", "^/+dev/+shm/*$"}};
  return map;
}

/// What a single value of the field may be.
Json single(const Field& field) {
  const auto [least, most] = field.range();
  switch (field.kind) {
    case FieldKind::Number:
    case FieldKind::Pair:
      return {{"type", {"integer", "null"}}, {"minimum", least}, {"maximum", most}};
    case FieldKind::Real: {
      Json real = {{"type", {"number", "null"}}};
      if (!field.detail.empty()) real["minimum"] = least;
      return real;
    }
    case FieldKind::Percent:
      return {{"type", {"number", "string", "null"}},
              {"pattern", "^[0-9]+(\\.[0-9]+)? ?%?$"},
              {"minimum", 0},
              {"maximum", 100}};
    case FieldKind::Flag:
      return {{"enum", {true, false, 0, 1, nullptr}}};
    case FieldKind::Duration:
      return view::duration_schema({"integer", "string", "null"});
    case FieldKind::Quantity:
      return quantity(field.detail == "cpus" ? "m" : "([kMGTPE]|[KMGTPE]i|[eE][0-9]+)");
    case FieldKind::DnsName:
      return dns_name(field.detail == "label");
    case FieldKind::Image:
      return {{"type", {"string", "null"}}, {"pattern", R"(^[^\s]+$)"}};
    default:
      break;
  }
  const auto words = field.words();
  if (words.empty()) return {{"type", scalar_types()}};
  Json one_of = words;
  one_of.push_back(nullptr);
  return {{"enum", std::move(one_of)}};
}

Json any_of(Json first, Json second) { return {{"anyOf", {std::move(first), std::move(second)}}}; }

/// One value of an option, several, or a mapping in one word.
Json option_value() {
  const Json scalar = {{"type", scalar_types()}};
  return {{"anyOf", {scalar, list_of(scalar), mapping_of(scalar)}}};
}

Json form(const Field& field) {
  Json one = single(field);
  switch (field.kind) {
    case FieldKind::List:
      return any_of(one, list_of(one));
    case FieldKind::Words: {
      Json several = list_of(one);
      several["minItems"] = 1;
      return any_of(one, std::move(several));
    }
    case FieldKind::Pair: {
      Json pair = list_of(one);
      pair["type"] = {"array", "null"};
      pair["minItems"] = pair["maxItems"] = 2;
      return pair;
    }
    case FieldKind::TextMap:
      if (field.detail == "claim" || field.detail == "secret") return of_cluster(field);
      return mapping_of(one);
    case FieldKind::Targets:
      return mapping_of(one);
    case FieldKind::WordsMap: {
      Field words = field;
      words.kind = FieldKind::Words;
      return mapping_of(form(words));
    }
    case FieldKind::Values:
      return mapping_of(option_value());
    case FieldKind::Axes:
      return mapping_of({{"type", "array"}, {"minItems", 1}});
    case FieldKind::Ids:
      return any_of(list_of(one), mapping_of(one));
    case FieldKind::Entry: {
      Json entry = entry_schema(field.detail);
      entry["type"] = {"object", "null"};
      return entry;
    }
    case FieldKind::Entries: {
      Json entry = entry_schema(field.detail);
      entry["type"] = {"object", "null"};
      return mapping_of(std::move(entry));
    }
    case FieldKind::Groups: {
      Field group = field;
      group.kind = FieldKind::Entries;
      return mapping_of(form(group));
    }
    default:
      return one;
  }
}

Json entry_schema(std::string_view shape) {
  Json properties = Json::object();
  for (const Field& field : fields_of(shape)) {
    Json one = form(field);
    one["description"] =
        std::string(field.about) + (field.use == FieldUse::Later ? " (not used yet)" : "");
    properties[std::string(field.key)] = std::move(one);
  }
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json own_file() {
  Json properties = Json::object();
  for (const Section section : {Section::Targets, Section::Sites, Section::Profiles, Section::Jobs})
    properties[std::string(section_key(section))] = mapping_of(entry_schema(shape_of(section)));
  Json defaults = entry_schema(shape_of(Section::Defaults));
  defaults["type"] = {"object", "null"};
  properties["defaults"] = std::move(defaults);
  properties["presets"] = mapping_of(mapping_of({{"type", {"object", "null"}}}));
  properties["applications"] = mapping_of({{"type", "object"}});
  return properties;
}

Json options_of(const AppSchema& schema) {
  Json properties = Json::object();
  for (const Entry& entry : schema.option_entries())
    properties[std::string(entry.name.text())] =
        view::preset_value(entry.body, schema.table().presets_are_words);
  return properties;
}

/// Where presets become words of a command line, a key may be cut short as its flag may.
Json abbreviations_of(const AppSchema& schema) {
  Json patterns = Json::object();
  if (!schema.table().presets_are_words) return patterns;
  std::vector<std::pair<std::string_view, Node>> flags;
  for (const Entry& entry : schema.option_entries())
    if (const auto flag = entry.body.find_text("flag"); flag && flag->starts_with("--"))
      flags.emplace_back(flag->substr(2), entry.body);
  for (const auto& [flag, body] : flags) {
    std::size_t alike = 0;  // letters that another flag begins with as well
    for (const auto& [other, of_other] : flags) {
      const auto differ = std::mismatch(flag.begin(), flag.end(), other.begin(), other.end());
      if (other != flag)
        alike = std::max(alike, static_cast<std::size_t>(differ.first - flag.begin()));
    }
    if (alike + 1 >= flag.size()) continue;
    std::string pattern = "^" + std::string(flag.substr(0, alike + 1));
    for (const char c : flag.substr(alike + 1)) pattern += std::string("(") + c;
    for (std::size_t i = alike + 1; i < flag.size(); ++i) pattern += ")?";
    patterns[pattern + "$"] = view::preset_value(body, true);
  }
  return patterns;
}

/// Presets as files of ours hold them, by the names that applications go by. Of several releases a
/// name alone means the highest.
Json known_presets(const std::vector<const AppSchema*>& applications) {
  Json properties = Json::object();
  const auto latest = [&](const AppSchema& schema) {
    return std::none_of(applications.begin(), applications.end(), [&](const AppSchema* other) {
      return other->name() == schema.name() && release_below(schema.release(), other->release());
    });
  };
  for (const AppSchema* schema : applications) {
    Json options = options_of(*schema);
    options["extends"] = {{"type", "string"}, {"description", "preset to start from"}};
    options["<<"] = true;
    const Json presets = mapping_of({{"type", {"object", "null"}},
                                     {"properties", std::move(options)},
                                     {"patternProperties", abbreviations_of(*schema)},
                                     {"additionalProperties", false}});
    std::vector<std::string> names = {std::string(schema->id())};
    if (latest(*schema)) names.emplace_back(schema->name());
    for (const std::string_view purpose : schema->purposes())
      if (const std::string_view group = schema->purpose(purpose)->preset_group; !group.empty())
        names.push_back(std::string(schema->id()) + "/" + std::string(group));
    for (const std::string& name : names) properties[name] = presets;
  }
  return {{"type", {"object", "null"}},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

/// Presets of an application's own file; a key beyond its options is refused where its scripts do.
Json upstream_file(const AppSchema& schema) {
  Json properties = options_of(schema);
  const bool refused = schema.node().find_text("unknown_keys") == "refused";
  Json preset = {{"type", "object"},
                 {"properties", std::move(properties)},
                 {"patternProperties", abbreviations_of(schema)}};
  if (refused) preset["additionalProperties"] = false;
  return preset;
}

}  // namespace

std::string json_schema_of_own_files(const std::vector<const AppSchema*>& applications) {
  return view::dump({{"$schema", kDraft},
                     {"title", "a file of ipucnn"},
                     {"type", {"object", "null"}},
                     {"properties", own_file()},
                     {"additionalProperties", false},
                     {"if", {{"not", {{"required", {"applications"}}}}}},
                     {"then", {{"properties", {{"presets", known_presets(applications)}}}}}});
}

std::string json_schema_of_configs(const AppSchema& schema) {
  return view::dump({{"$schema", kDraft},
                     {"title", "configs.yml of " + std::string(schema.id())},
                     {"type", "object"},
                     {"additionalProperties", upstream_file(schema)}});
}

}  // namespace ipucnn
