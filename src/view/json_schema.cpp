// JSON Schema for editors, made from the tables that loading goes by.
#include "ipucnn/file_schema.h"
#include "ipucnn/view.h"
#include "view/option_schema.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;

constexpr std::string_view kDraft = "https://json-schema.org/draft/2020-12/schema";

Json scalar_types() { return {"string", "number", "boolean", "null"}; }

Json form(FieldKind kind) {
  switch (kind) {
    case FieldKind::Text:
      return {{"type", scalar_types()}};
    case FieldKind::Number:
      return {{"type", {"integer", "null"}}, {"minimum", 0}};
    case FieldKind::Real:
      return {{"type", {"number", "null"}}};
    case FieldKind::Flag:
      return {{"enum", {true, false, 0, 1, nullptr}}};
    case FieldKind::List: {
      Json types = scalar_types();
      types.push_back("array");
      return {{"type", std::move(types)}, {"items", {{"type", scalar_types()}}}};
    }
    case FieldKind::TextMap:
      return {{"type", {"object", "null"}}, {"additionalProperties", {{"type", scalar_types()}}}};
    case FieldKind::Any:
      break;
  }
  return Json::object();
}

Json entry_schema(const std::vector<Field>& fields) {
  Json properties = Json::object();
  for (const Field& field : fields) {
    Json one = form(field.kind);
    one["description"] = field.about;
    properties[std::string(field.key)] = std::move(one);
  }
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json named(Json entry) {
  return {{"type", {"object", "null"}}, {"additionalProperties", std::move(entry)}};
}

Json own_file() {
  Json properties = Json::object();
  for (const Section section : {Section::Targets, Section::Sites, Section::Profiles, Section::Jobs})
    properties[std::string(section_key(section))] = named(entry_schema(fields_of(section)));
  Json defaults = entry_schema(fields_of(Section::Defaults));
  defaults["type"] = {"object", "null"};
  properties["defaults"] = std::move(defaults);
  properties["presets"] = named({{"type", {"object", "null"}}});
  properties["applications"] = named({{"type", "object"}});
  return properties;
}

/// Presets of an application's own file; a key beyond its options is refused where its scripts do.
Json upstream_file(const AppSchema& schema) {
  Json properties = Json::object();
  for (const Entry& entry : schema.option_entries())
    properties[std::string(entry.name.text())] = view::preset_value(entry.body);
  const bool refused = schema.node().find_text("unknown_keys") == "refused";
  Json preset = {{"type", "object"}, {"properties", std::move(properties)}};
  if (refused) preset["additionalProperties"] = false;
  return preset;
}

}  // namespace

std::string json_schema_of_own_files() {
  return view::dump({{"$schema", kDraft},
                     {"title", "a file of ipucnn"},
                     {"type", {"object", "null"}},
                     {"properties", own_file()},
                     {"additionalProperties", false}});
}

std::string json_schema_of_configs(const AppSchema& schema) {
  return view::dump({{"$schema", kDraft},
                     {"title", "configs.yml of " + std::string(schema.id())},
                     {"type", "object"},
                     {"additionalProperties", upstream_file(schema)}});
}

}  // namespace ipucnn
