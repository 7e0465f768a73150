// Values of options as JSON Schema.
#include "view/option_schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace ipucnn::view {
namespace {

Json typed(Node scalar) {
  switch (scalar.type()) {
    case ScalarType::Null:
      return nullptr;
    case ScalarType::Bool:
      return yaml_bool(scalar.text());
    case ScalarType::Int:
      if (const auto value = yaml_int(scalar.text())) return *value;
      break;
    case ScalarType::Float:
      if (const auto value = yaml_float(scalar.text())) return *value;
      break;
    case ScalarType::String:
      break;
  }
  return scalar.text();
}

/// A regular expression for a text in any case, as the scripts lower it.
std::string any_case(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char lower = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    const char upper = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (lower != upper)
      out += {'[', lower, upper, ']'};
    else if (std::string_view(".+*?()[]{}|^$\\").find(c) != std::string_view::npos)
      out += {'\\', c};
    else
      out += c;
  }
  return out;
}

/// One form of an option: a field of the variant, else of the entry.
class Form {
 public:
  Form(Node option, Node variant) : option_(option), variant_(variant) {}

  Json schema() const {
    if (field("arity").text() == "+")
      return {{"type", {"array", "null"}}, {"items", {{"type", {"string", "number", "boolean"}}}}};
    const std::string_view type = field("type").text();
    std::vector<Json> all;
    const Node usual = field("default");
    const Node choices = field("choices");
    const bool needs_a_choice = usual && !usual.is_null() && choices.is_list();
    if (!needs_a_choice) all.push_back({{"type", "null"}});
    if (type == "yaml_map")
      all.push_back({{"type", {"object", "string"}}});
    else if (values_of_type(type).booleans)
      all.push_back({{"type", {"boolean", "integer"}}});
    else if (choices.is_list())
      add_choices(type, choices, all);
    else
      add_scalars(type, all);
    return {{"anyOf", std::move(all)}};
  }

 private:
  Node field(std::string_view name) const {
    const Node own = variant_.find(name);
    return own ? own : option_.find(name);
  }

  static void add_choices(std::string_view type, Node choices, std::vector<Json>& all) {
    std::string pattern;
    Json values = Json::array();
    for (const Node choice : choices) {
      values.push_back(typed(choice));
      if (type == "int") values.push_back(choice.text());  // a text is converted
      pattern += (pattern.empty() ? "" : "|") + any_case(choice.text());
    }
    if (type == "str_lower" || type == "str_upper")
      all.push_back({{"type", "string"}, {"pattern", "^(" + pattern + ")$"}});
    else
      all.push_back({{"enum", std::move(values)}});
  }

  /// Texts are converted as Python's int() and float() do; other scalars stay as they are.
  static void add_scalars(std::string_view type, std::vector<Json>& all) {
    constexpr std::string_view kInt = R"(^\s*[-+]?[0-9]+(_[0-9]+)*\s*$)";
    constexpr std::string_view kFloat =
        R"(^\s*[-+]?([0-9_]+\.?[0-9_]*([eE][-+]?[0-9]+)?|\.[0-9_]+([eE][-+]?[0-9]+)?)"
        R"(|[iI][nN][fF]([iI][nN][iI][tT][yY])?|[nN][aA][nN])\s*$)";
    if (type == "int" || type == "float") {
      all.push_back({{"type", type == "int" ? "integer" : "number"}});
      all.push_back({{"type", "string"}, {"pattern", type == "int" ? kInt : kFloat}});
      return;
    }
    all.push_back({{"type", {"string", "number"}}});
    if (type.empty() || type == "untyped") all.push_back({{"type", "boolean"}});
  }

  Node option_;
  Node variant_;
};

}  // namespace

Json preset_value(Node option) {
  const Node variants = option.find("variants");
  std::vector<Json> all;
  if (option.find("type") || !variants.is_list()) all.push_back(Form(option, {}).schema());
  if (variants.is_list())
    for (const Node variant : variants) all.push_back(Form(option, variant).schema());
  Json schema = all.size() == 1 ? std::move(all.front()) : Json{{"anyOf", std::move(all)}};
  if (const auto about = option.find_text("about")) schema["description"] = *about;
  return schema;
}

Json duration_schema(std::initializer_list<std::string_view> types) {
  return {{"type", types},
          {"minimum", 0},
          {"pattern", "^(?=.)([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?$|^[0-9]{1,9}$"}};
}

Json compared_value(const OptionValues& values) {
  if (!values.choices.empty()) {
    Json choices = Json::array({nullptr});
    for (const Node choice : values.choices) choices.push_back(typed(choice));
    return {{"enum", std::move(choices)}};
  }
  Json types = Json::array({"null"});
  if (values.booleans) types.push_back("boolean");
  if (values.fractions || values.texts)
    types.push_back("number");
  else if (values.numbers)
    types.push_back("integer");
  if (values.texts) types.push_back("string");
  if (values.texts || !values.numbers) return {{"type", std::move(types)}};
  // A number may be spelled as a text.
  Json spelled = {{"type", "string"}, {"pattern", "^[0-9]{1,18}$"}};
  return {{"anyOf", {{{"type", std::move(types)}}, std::move(spelled)}}};
}

}  // namespace ipucnn::view
