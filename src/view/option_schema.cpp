// Values of options as JSON Schema.
#include "view/option_schema.h"

#include <fmt/format.h>

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

/// What Python's str() and an option's parser let pass, where a preset is a list of words.
Json word_schema(std::string_view type, Node choices) {
  constexpr std::string_view kInt = R"(^\s*[-+]?[0-9]+(_[0-9]+)*\s*$)";
  constexpr std::string_view kNumber = R"([-+]?[0-9_]*\.?[0-9_]+\.?([eE][-+]?[0-9]+)?)";
  if (choices.is_list()) {
    Json texts = Json::array();
    for (const Node choice : choices) {
      texts.push_back(choice.text());
      if (const ScalarType spelled = plain_scalar_type(choice.text()); spelled == ScalarType::Float)
        texts.push_back(yaml_float(choice.text()).value_or(0));
    }
    return {{"enum", std::move(texts)}};
  }
  if (type == "int")
    return {{"anyOf", {{{"type", "integer"}}, {{"type", "string"}, {"pattern", kInt}}}}};
  if (type == "float" || type == "fraction") {
    const std::string divided = type == "float" ? "" : fmt::format("(/{})?", kNumber);
    return {{"anyOf",
             {{{"type", "number"}},
              {{"type", "string"}, {"pattern", fmt::format("^{}{}$", kNumber, divided)}}}}};
  }
  if (type == "bool_word")
    return {{"anyOf",
             {{{"type", "boolean"}},
              {{"enum", {0, 1}}},
              {{"type", "string"},
               {"pattern",
                "^([tTfFyYnN01]|[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|[yY][eE][sS]|[nN]"
                "[oO]|[oO][nN]|[oO][fF][fF])$"}}}}};
  if (type == "yaml_map")
    return {{"anyOf", {{{"type", "object"}}, {{"type", "string"}, {"pattern", R"(^\s*\{)"}}}}};
  return {{"type", {"string", "number", "boolean", "null"}}};
}

/// One form of an option: a field of the variant, else of the entry.
class Form {
 public:
  Form(Node option, Node variant, bool as_words)
      : option_(option), variant_(variant), as_words_(as_words) {}

  Json schema() const { return as_words_ ? words_schema() : value_schema(); }

 private:
  /// No word, a word or several of them.
  Json words_schema() const {
    const std::string_view type = field("type").text();
    if (type == "switch") return false;
    Json one = word_schema(type, field("choices"));
    Json list = {{"type", "array"}, {"items", one}};
    const std::string_view arity = field("arity").text();
    if (arity != "*" && type != "bool_word" && !field("alone")) list["minItems"] = 1;
    if (arity != "*" && arity != "+") list["maxItems"] = 1;
    return {{"anyOf", {std::move(one), std::move(list)}}};
  }

  Json value_schema() const {
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
    else if (field("items"))
      all.push_back({{"type", {"string", "array"}}, {"items", {{"type", {"string", "number"}}}}});
    else
      add_scalars(type, all);
    return {{"anyOf", std::move(all)}};
  }

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
  bool as_words_;
};

}  // namespace

Json preset_value(Node option, bool as_words) {
  const Node variants = option.find("variants");
  std::vector<Json> all;
  if (option.find("type") || !variants.is_list())
    all.push_back(Form(option, {}, as_words).schema());
  if (variants.is_list())
    for (const Node variant : variants) all.push_back(Form(option, variant, as_words).schema());
  Json schema = all.size() == 1 ? std::move(all.front()) : Json{{"anyOf", std::move(all)}};
  if (!schema.is_object()) return schema;
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
