// JSON Schema of an application's descriptor, made from the tables that reading goes by.
#include <fmt/format.h>

#include "ipucnn/condition.h"
#include "ipucnn/descriptor.h"
#include "ipucnn/view.h"
#include "view/option_schema.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;
using Form = Shape::Form;

constexpr std::string_view kDraft = "https://json-schema.org/draft/2020-12/schema";
constexpr std::string_view kOneHole = R"(^(?![\s\S]*\{value\}[\s\S]*\{value\})[\s\S]*\{value\})";

Json reference(std::string_view name) { return {{"$ref", fmt::format("#/$defs/{}", name)}}; }

/// A word as YAML can hold it: `arity: 1` is a number.
void add_spellings(std::string_view word, Json& values) {
  values.push_back(word);
  if (plain_scalar_type(word) == ScalarType::Int)
    if (const auto number = yaml_int(word)) values.push_back(*number);
}

template <typename Words>
Json enumeration(const Words& words) {
  Json values = Json::array();
  for (const std::string_view word : words) add_spellings(word, values);
  return {{"enum", std::move(values)}};
}

Json any_of(std::vector<Json> all) {
  if (all.size() == 1) return std::move(all.front());
  return {{"anyOf", std::move(all)}};
}

Json or_null(Json schema) { return any_of({{{"type", "null"}}, std::move(schema)}); }

std::string_view condition_name(ConditionNames names) {
  switch (names) {
    case ConditionNames::OptionsAndFigures:
      return "condition_with_figures";
    case ConditionNames::Rehearsal:
      return "condition_of_a_line";
    case ConditionNames::Options:
      break;
  }
  return "condition";
}

/// Of one application: its names are choices.
class DescriptorSchema {
 public:
  DescriptorSchema(const AppSchema& schema, const std::vector<Node>& applications)
      : schema_(schema), names_(schema.node(), applications) {}

  Json run() {
    const Node base = schema_.inherited();
    Json entry = base ? changed(application_shape(), base) : whole(application_shape());
    return {{"$schema", kDraft},
            {"title", "descriptor of " + std::string(schema_.id())},
            {"type", "object"},
            {"properties",
             {{"applications", {{"type", "object"}, {"additionalProperties", std::move(entry)}}}}},
            {"$defs",
             {{"condition", condition(ConditionNames::Options)},
              {"condition_with_figures", condition(ConditionNames::OptionsAndFigures)},
              {"condition_of_a_line", condition(ConditionNames::Rehearsal)},
              {"bound", bound()},
              {"words", test_words_schema()},
              {"numbers", numeric_tests()}}}};
  }

 private:
  /// A value that extends nothing.
  Json whole(const Shape& shape) const {
    std::vector<Json> forms;
    for (const Shape* one = &shape; one != nullptr; one = one->other) forms.push_back(form(*one));
    return any_of(std::move(forms));
  }

  Json form(const Shape& shape) const {
    switch (shape.form) {
      case Form::Text:
        return {{"type", {"string", "number", "boolean"}}};
      case Form::Whole:
        return {{"type", "integer"}, {"minimum", shape.least}};
      case Form::Real:
        return {{"type", "number"}};
      case Form::Flag:
        return {{"type", "boolean"}};
      case Form::Duration:
        return view::duration_schema({"integer", "string"});
      case Form::Word:
        return enumeration(shape.words);
      case Form::Name:
        return names(shape);
      case Form::Bound:
        return reference("bound");
      case Form::Value:
        return {{"type", {"string", "number", "boolean", "null", "array"}},
                {"items", {{"type", {"string", "number", "boolean", "null"}}}}};
      case Form::Metric:
        return {{"type", "string"}, {"pattern", kOneHole}};
      case Form::Regex:
        return {{"type", "string"}};
      case Form::Condition:
        return reference(condition_name(shape.names));
      case Form::List:
        return {{"type", "array"}, {"items", whole(*shape.item)}};
      case Form::Named: {
        Json schema = {{"type", "object"}, {"additionalProperties", whole(*shape.item)}};
        if (shape.names_known) schema["propertyNames"] = names(shape);
        return schema;
      }
      case Form::Fields:
        return fields(shape);
      case Form::Any:
        break;
    }
    return Json::object();
  }

  Json names(const Shape& shape) const {
    std::vector<std::string_view> all = names_.all(shape.set);
    all.insert(all.end(), shape.words.begin(), shape.words.end());
    return enumeration(all);
  }

  static Json described(Json schema, const FieldShape& field) {
    std::string about(field.about);
    if (field.planned) about += " (judged, not used yet)";
    schema["description"] = std::move(about);
    return schema;
  }

  Json fields(const Shape& shape) const {
    Json properties = Json::object();
    Json required = Json::array();
    for (const FieldShape& field : shape.fields) {
      Json one = whole(*field.shape);
      properties[std::string(field.key)] =
          described(field.required ? std::move(one) : or_null(std::move(one)), field);
      if (field.required) required.push_back(field.key);
    }
    Json schema = {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) schema["required"] = std::move(required);
    add_relations(shape, Node{}, schema);
    Json any = Json::array();
    for (const std::string_view key : shape.one_of) any.push_back({{"required", {key}}});
    if (shape.one_needed) schema["anyOf"] = std::move(any);
    return schema;
  }

  /// What one field says of another.
  void add_relations(const Shape& shape, Node base, Json& schema) const {
    Json all = Json::array();
    const Json there = {{"not", {{"type", "null"}}}};
    const auto never_both = [&](std::string_view one_key, std::string_view other_key) {
      const std::string one(one_key);
      const std::string other(other_key);
      all.push_back(
          {{"not", {{"properties", {{one, there}, {other, there}}}, {"required", {one, other}}}}});
    };
    for (std::size_t i = 0; i < shape.one_of.size(); ++i)
      for (std::size_t j = i + 1; j < shape.one_of.size(); ++j)
        never_both(shape.one_of[i], shape.one_of[j]);
    for (const FieldShape& field : shape.fields)
      if (!field.excludes.empty()) never_both(field.key, field.excludes);
    if (&shape == &option_shape() || &shape == &variant_shape()) add_defaults(base, all);
    if (!all.empty()) schema["allOf"] = std::move(all);
  }

  /// The default by the type; of an entry that only changes one, by the type that it changes.
  static void add_defaults(Node base, Json& all) {
    const auto then = [](Json scalar) {
      scalar["type"].push_back("null");
      return Json{
          {"properties", {{"default", any_of({scalar, {{"type", "array"}, {"items", scalar}}})}}}};
    };
    struct Kind {
      std::vector<std::string_view> types;
      Json scalar;
    };
    const Kind kinds[] = {{{"switch", "python_bool", "bool_word"}, {{"type", {"boolean"}}}},
                          {{"int"}, {{"type", {"integer"}}}},
                          {{"float"}, {{"type", {"number"}}}},
                          {{"str", "str_lower", "str_upper", "untyped", "yaml_map"},
                           {{"type", {"string", "number"}}}}};
    for (const Kind& kind : kinds) {
      Json said = {{"properties", {{"type", {{"enum", kind.types}}}}}, {"required", {"type"}}};
      const std::string_view inherited = base.find("type").text();
      for (const std::string_view type : kind.types)
        if (type == inherited) said = any_of({said, {{"not", {{"required", {"type"}}}}}});
      all.push_back({{"if", std::move(said)}, {"then", then(kind.scalar)}});
    }
  }

  /// A value laid over another: mappings by key, null takes one away.
  Json changed(const Shape& shape, Node base) const {
    if (!base) return whole(shape);
    std::vector<Json> forms = {{{"type", "null"}}};
    for (const Shape* one = &shape; one != nullptr; one = one->other)
      forms.push_back(base.is_map() && one->form == Form::Fields  ? changed_fields(*one, base)
                      : base.is_map() && one->form == Form::Named ? changed_named(*one, base)
                      : one->form == Form::Named                  ? changed_by_name(*one)
                                                                  : form(*one));
    return any_of(std::move(forms));
  }

  Json changed_fields(const Shape& shape, Node base) const {
    Json properties = Json::object();
    for (const FieldShape& field : shape.fields) {
      const Node value = base.find(field.key);
      Json one = replaced_whole(field.key) ? or_null(whole(*field.shape))
                 : value                   ? changed(*field.shape, value)
                                           : or_null(whole(*field.shape));
      properties[std::string(field.key)] = described(std::move(one), field);
    }
    Json schema = {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    add_relations(shape, base, schema);
    return schema;
  }

  /// A mapping over a list of rules.
  Json changed_by_name(const Shape& shape) const {
    return {{"type", "object"}, {"additionalProperties", or_null(whole(*shape.item))}};
  }

  static bool replaced_whole(std::string_view key) { return key == "only_with" || key == "when"; }

  Json changed_named(const Shape& shape, Node base) const {
    Json properties = Json::object();
    base.each_pair([&](Node key, Node value) {
      properties[std::string(key.text())] = shape.set == NameSet::Quantity && shape.names_known
                                                ? or_null(whole(*shape.item))
                                                : changed(*shape.item, value);
    });
    Json schema = {{"type", "object"},
                   {"properties", std::move(properties)},
                   {"additionalProperties", or_null(whole(*shape.item))}};
    if (shape.names_known) schema["propertyNames"] = names(shape);
    return schema;
  }

  // --- conditions ---

  Json condition(ConditionNames kind) const {
    Json properties = Json::object();
    for (const std::string_view key : names_.all(NameSet::Option))
      properties[std::string(key)] = test(option_values(names_.option(key)));
    const auto figure = [&](std::string_view name) {
      if (!names_.option(name)) properties[std::string(name)] = test(figure_values(name));
    };
    if (kind == ConditionNames::OptionsAndFigures)
      for (const std::string_view name : names_.all(NameSet::Figure)) figure(name);
    if (kind == ConditionNames::Rehearsal)
      for (const std::string_view name : {"under_poprun", "instance"}) figure(name);
    return {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  }

  static Json test(const OptionValues& values) {
    const Json one = view::compared_value(values);
    Json words = reference("words");
    Json with_is = {{"properties", {{"is", any_of({one, {{"type", "array"}, {"items", one}}})}}}};
    return any_of({one,
                   {{"type", "array"}, {"items", one}},
                   {{"allOf", {std::move(words), std::move(with_is)}}}});
  }

  Json test_words_schema() const {
    Json properties = Json::object();
    const Json values = form(Shape{.form = Form::Value});
    for (const TestWordSpec& word : test_words()) {
      Json& one = properties[std::string(word.name)];
      switch (word.operand) {
        case Operand::Flag:
          one = {{"type", "boolean"}};
          break;
        case Operand::Bound:
          one = reference("bound");
          break;
        case Operand::Texts:
        case Operand::Values:
          one = values;
          break;
        case Operand::Entries:
          one = {{"type", "object"}, {"additionalProperties", values}};
          break;
        case Operand::Numeric:
          one = reference("numbers");
      }
    }
    return {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  }

  static Json numeric_tests() {
    Json properties = Json::object();
    for (const TestWordSpec& word : test_words()) {
      if (word.operand == Operand::Bound)
        properties[std::string(word.name)] = reference("bound");
      else if (word.name == "power_of_two")
        properties[std::string(word.name)] = {{"type", "boolean"}};
    }
    return {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  }

  Json bound() const {
    std::vector<std::string_view> all = names_.all(NameSet::Option);
    const auto& figures = names_.all(NameSet::Figure);
    all.insert(all.end(), figures.begin(), figures.end());
    return any_of({{{"type", "number"}}, {{"enum", all}}});
  }

  const AppSchema& schema_;
  DescriptorNames names_;
};

}  // namespace

std::string json_schema_of_descriptor(const Catalog& catalog, const AppSchema& schema) {
  return view::dump(DescriptorSchema(schema, catalog.parts(Section::Applications)).run());
}

}  // namespace ipucnn
